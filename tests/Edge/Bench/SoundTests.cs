using System.Text;
using Ringwright.Bench.Driving;
using Ringwright.Bench.Driving.Sound;
using Ringwright.Bench.Sockets;
using Ringwright.Speech.Recognition.Segments;
using Ringwright.Testing;

namespace Ringwright.Edge.Bench;

/// <summary>What the load driver's phones say and how they know what they hear.</summary>
public sealed class SoundTests
{
    [Theory]
    [InlineData("Pcmu", 160), InlineData("Pcma", 160), InlineData("G722", 160), InlineData("Opus", null)]
    public void A_tone_comes_out_of_each_codec_as_it_went_in(string name, int? frameBytes)
    {
        var codec = Enum.Parse<Codec>(name);
        if (codec is Codec.Opus) Tool.Require("libopus.so.0");
        var tone = Tone.Of(codec, Tone.CallerHertz);
        Assert.Equal(50, tone.Frames.Length);
        if (frameBytes is { } bytes) Assert.All(tone.Frames, frame => Assert.Equal(bytes, frame.Length));
        short[] heard = tone.Format.Decode(tone.Frames);
        Assert.Equal(tone.Format.SampleRate, heard.Length);
        var later = heard.AsSpan(tone.Format.SampleRate / 10);
        Assert.True(Tone.IsHeard(later, tone.Format.SampleRate, Tone.CallerHertz));
        Assert.False(Tone.IsHeard(later, tone.Format.SampleRate, Tone.CalleeHertz));
    }

    [Fact]
    public void Neither_silence_nor_a_whisper_is_the_tone()
    {
        short[] tone = [.. Enumerable.Range(0, 1_600).Select(i => (short)(1_000 * Math.Sin(2 * Math.PI * 450 * i / 8_000)))];
        Assert.False(Tone.IsHeard(tone, 8_000, 450));
        Assert.False(Tone.IsHeard(new short[1_600], 8_000, 450));
    }

    [Fact]
    public void Who_converses_is_silent_and_then_says_what_a_recogniser_takes_for_speech()
    {
        var said = Tone.Turns(Codec.Pcmu, silentMilliseconds: 400, saidMilliseconds: 600);
        short[] samples = said.Format.Decode(said.Frames);
        Assert.Equal(8_000, samples.Length);
        var found = new List<SpeechSegment>();
        // As a call brings it: again and again.
        var segmenter = new Segmenter(8_000, new() { Pause = 200 }, found.Add);
        for (int turn = 0; turn < 3; turn++) segmenter.Handle(samples);
        segmenter.Finish();
        Assert.Equal(3, found.Count);
        Assert.All(found, one => Assert.False(SteadyTone.Is(one.Samples, 8_000)));
        Assert.All(samples[..3_200], sample => Assert.InRange(sample, -10, 10));
    }

    [Fact]
    public void A_stretch_of_another_tone_is_counted()
    {
        var watch = new ToneWatch(AudioFormat.Of(Codec.Pcma));
        byte[][] right = Tone.Of(Codec.Pcma, 450).Frames, wrong = Tone.Of(Codec.Pcma, 600).Frames;
        for (int i = 0; i < 100; i++) watch.Add(1, right[i % 50]);
        for (int i = 0; i < 100; i++) watch.Add(1, wrong[i % 50]);
        for (int i = 0; i < 30; i++) watch.Add(2, right[i % 50]);      // another stream, too short for a stretch
        Assert.Equal((2, 1), watch.Judge(450));
    }

    [Fact]
    public void G711_codes_come_back_as_themselves()
    {
        for (int code = 0; code < 256; code++)
        {
            Assert.Equal(code, ALaw.Encode(ALaw.Decode((byte)code)));
            if (code != 0x7F) Assert.Equal(code, MuLaw.Encode(MuLaw.Decode((byte)code)));      // minus nothing is nothing
        }
    }

    [Fact]
    public void A_key_is_read_from_the_line_of_its_suite()
    {
        string inline = Convert.ToBase64String(new byte[30]);
        byte[] message = Encoding.ASCII.GetBytes("SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\nv=0\r\n"
            + "a=crypto:1 AEAD_AES_128_GCM inline:AAAA\r\n" + $"a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:{inline}|2^20\r\n");
        Assert.True(SipView.TryParse(message, out var view));
        Assert.True(view.TryReadKey("AES_CM_128_HMAC_SHA1_80", out int tag, out byte[] key));
        Assert.Equal((2, 30), (tag, key.Length));
        Assert.False(view.TryReadKey("F8_128_HMAC_SHA1_80", out _, out _));
    }

    [Theory]
    [InlineData("BYE a SIP/2.0\r\nContent-Length: 0\r\n\r\nSIP", 36)]
    [InlineData("BYE a SIP/2.0\r\nContent-Length: 4\r\n\r\nv=0", 0)]
    [InlineData("BYE a SIP/2.0\r\nl: 3\r\n\r\nv=0", 26)]
    [InlineData("BYE a SIP/2.0\r\n", 0)]
    public void A_stream_is_cut_into_messages_by_their_lengths(string stream, int length) =>
        Assert.Equal(length, TlsLink.LengthOf(Encoding.ASCII.GetBytes(stream)));
}
