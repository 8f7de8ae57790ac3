"""Two parts, each with a tone of its own: in the page both sound, and one is gone when it is muted."""

import os
import pathlib
import struct
import subprocess
import sys
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

# What goes to the loudspeaker also goes to an analyser.
LISTEN = """
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...more) {
  if (target instanceof AudioDestinationNode && !window.listening) {
    window.listening = new AnalyserNode(this.context, {fftSize: 16384, smoothingTimeConstant: 0});
    connect.call(this, window.listening);
  }
  return connect.call(this, target, ...more);
};
"""
LEVEL = """
const spectrum = new Float32Array(window.listening.frequencyBinCount);
window.listening.getFloatFrequencyData(spectrum);
const bin = hertz => Math.round(hertz / window.listening.context.sampleRate * 16384);
return [bin(arguments[0]), bin(arguments[1])].map(at => Math.max(...spectrum.slice(at - 2, at + 3)));
"""


def midi(parts: list[tuple[str, int]]) -> bytes:
    """Eight seconds of one held key a part, strings; a word is sung to the first."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack(">I", len(body)) + body

    tracks = []
    for channel, (name, key) in enumerate(parts):
        events = b"\x00\xff\x03" + bytes([len(name)]) + name.encode() + b"\x00" + bytes([0xC0 | channel, 48])
        events += b"\x00\xff\x05\x05Sing " if channel == 0 else b""
        events += b"\x00" + bytes([0x90 | channel, key, 110])
        events += b"\xbc\x00" + bytes([0x80 | channel, key, 0]) + b"\x00\xff\x2f\x00"
        tracks.append(chunk(b"MTrk", events))
    return chunk(b"MThd", struct.pack(">HHH", 1, len(tracks), 480)) + b"".join(tracks)


def main() -> None:
    program, folder, pictures = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    (folder / "two.mid").write_bytes(midi([("High", 78), ("Low", 57)]))
    page = folder / "two.html"
    subprocess.run([program, "convert", folder / "two.mid", page], check=True)
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1100,700"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    os.environ["SE_OFFLINE"] = "true"
    browser = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    try:
        browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": LISTEN})
        browser.get(page.as_uri())
        play = browser.find_element(By.ID, "play")
        still = browser.find_element(By.ID, "roll").screenshot_as_png
        play.click()
        time.sleep(2)
        assert play.text == "Pause", play.text
        clock = browser.find_element(By.ID, "time").text
        assert clock.startswith(("0:01", "0:02")), clock
        assert browser.find_element(By.ID, "roll").screenshot_as_png != still, "the roll does not move"
        sung = browser.find_element(By.CSS_SELECTOR, "#lyrics .now").text
        assert sung.strip() == "Sing", sung
        if pictures:
            browser.save_screenshot(os.path.join(pictures, "page.png"))
        high, low = browser.execute_script(LEVEL, 740, 220)
        assert high > -70 and low > -70, (high, low)
        browser.find_element(By.CSS_SELECTOR, "[aria-label='Mute High']").click()
        time.sleep(1.5)
        muted, still_there = browser.execute_script(LEVEL, 740, 220)
        assert still_there > low - 12 and muted < high - 20, (high, low, muted, still_there)
        told = [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
        assert not told, told
        events = [entry["message"] for entry in browser.get_log("performance")]
        asked = [message for message in events if "Network.requestWillBeSent\"" in message]
        foreign = [message for message in asked if '"url":"file:' not in message and '"url":"data:' not in message]
        assert not foreign, foreign
        print(f"the page plays: {high:.0f} and {low:.0f} dB, muted {muted:.0f} dB")
    finally:
        browser.quit()


main()
