namespace Ringwright.Media;

/// <summary>Every bound of the media engine.</summary>
internal static class Limits
{
    /// <summary>Milliseconds of one media tick.</summary>
    public const int TickMilliseconds = 20;

    /// <summary>The largest packet, as an Ethernet carries it.</summary>
    public const int PacketBytes = 1500;

    /// <summary>The largest payload taken in: 120 ms of G.711 or G.722. Larger packets are dropped and counted.</summary>
    public const int PayloadBytes = 960;

    /// <summary>Most payloads fit into this: 30 ms of G.711 or G.722. Buffers begin so large and grow for longer ones.</summary>
    public const int UsualPayloadBytes = 240;

    /// <summary>The most samples that one packet decodes to: 120 ms at 16 kHz.</summary>
    public const int PacketSamples = 1920;

    /// <summary>The most samples of one tick: 20 ms at 16 kHz.</summary>
    public const int FrameSamples = 320;

    /// <summary>The most bytes of one encoded tick: L16 at 16 kHz.</summary>
    public const int FrameBytes = 640;

    /// <summary>The most bytes of one Opus packet that we send; at our bit rate they are about 60.</summary>
    public const int OpusBytes = 400;

    /// <summary>Frames in one packet that we send: at most 60 ms.</summary>
    public const int FramesPerPacket = 3;

    /// <summary>Packets that a jitter buffer holds; one more drops the oldest.</summary>
    public const int JitterPackets = 25;

    /// <summary>Packets in a row from one stranger that make it the remote, where it may be (symmetric RTP).</summary>
    public const int LearningPackets = 5;

    /// <summary>A stream from another address is the same one, moved, when its sequence goes on within so many packets: a minute.</summary>
    public const int RebindingPackets = 3_000;

    /// <summary>A key of which no packet comes for so long is up, though its ends are lost: three of them, at the longest step.</summary>
    public static readonly TimeSpan KeySilence = TimeSpan.FromMilliseconds(150);

    /// <summary>A source is silent when nothing came from it for so long although sound was due.</summary>
    public static readonly TimeSpan SourceSilence = TimeSpan.FromSeconds(1);

    /// <summary>How long nothing is heard from where a description has moved media away from.</summary>
    public static readonly TimeSpan BarredFor = TimeSpan.FromSeconds(2);

    /// <summary>Such places at a time; one more lets the oldest go. A description adds at most two.</summary>
    public const int BarredSources = 8;

    /// <summary>Far ends of one forked call whose addresses are kept; the others learn anew when they speak again.</summary>
    public const int Forks = 8;

    /// <summary>
    /// A stream that is not to carry silence still shows that it is there: with so many packets of it when it falls silent, as many as let
    /// a far end learn an address, and again after so many ticks, before any NAT or far end forgets the stream.
    /// </summary>
    public const int LifePackets = LearningPackets, LifeTicks = 5_000 / TickMilliseconds;

    /// <summary>
    /// Ticks that machine detection remembers: three minutes. A verdict may take one, the end of a greeting
    /// another, and the silence behind it a third.
    /// </summary>
    public const int DetectionTicks = 9_000;

    public const int MinimumDigitMilliseconds = 40;
    public const int MaximumDigitMilliseconds = 6000;

    /// <summary>A bridged peer's digit that is pressed anew, its own length not being known when it begins.</summary>
    public const int PassedDigitMilliseconds = 100;

    /// <summary>Digits of one command, pauses included.</summary>
    public const int DigitsPerCommand = 256;

    /// <summary>Samples a second of recordings: of wideband legs, and of the others.</summary>
    public const int RecordRate = 16_000, NarrowRate = 8_000;

    /// <summary>
    /// How long a recording waits for sound that comes late: the deepest jitter buffer, a long packet, a tick of the link.
    /// </summary>
    public const int RecordLagMilliseconds = 400;

    /// <summary>
    /// Recorded audio that may wait for the thread that collects it, which waits for nothing itself:
    /// a second, and what an ending gives at once.
    /// </summary>
    public const int RecordRingMilliseconds = 1_000 + RecordLagMilliseconds;

    /// <summary>Channels of a WAV file.</summary>
    public const int WavChannels = 32;
    public const int MinimumWavRate = 1000;
    public const int MaximumWavRate = 384_000;

    /// <summary>The longest prompt that is decoded.</summary>
    public const int PromptSeconds = 3600;

    /// <summary>Samples that one MP3 file is decoded to, at its own rate: 128 MB, an hour at 16 kHz or 25 minutes at 44.1 kHz.</summary>
    public const int Mp3Samples = 64 * 1024 * 1024;

    /// <summary>In which the first frame of an MP3 file begins: a stream may be cut anywhere, and foreign tags stand before it.</summary>
    public const int Mp3LeadBytes = 8 * 1024;

    /// <summary>So many frames in a row are an MP3, whatever stands before them.</summary>
    public const int Mp3LeadFrames = 3;

    /// <summary>How often the rate of an MP3 file changes, that is of files behind each other; what comes after that is left out.</summary>
    public const int Mp3Changes = 50;

    /// <summary>Chunks before the audio in a WAV file.</summary>
    public const int WavChunks = 256;
}
