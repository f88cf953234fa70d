namespace Ringwright.Calls;

/// <summary>What may come back by a media stream.</summary>
public enum StreamInjection
{
    None,
    /// <summary>Whole MP3 files, one after another.</summary>
    Mp3,
    /// <summary>Payloads of one codec, of 30 s at most.</summary>
    Rtp,
}

/// <summary>A media stream as somebody ordered it.</summary>
/// <param name="Url">ws or wss; checked against the target policy before it comes here, and again when it is connected to.</param>
public sealed record StreamTerms(string Url, TapTracks Tracks)
{
    /// <summary>Of what goes out: SDP name of a codec with its rate; null is the call's own.</summary>
    public StreamFormat? Format { get; init; }

    public StreamInjection Injection { get; init; }

    /// <summary>Of what comes in, when that is <see cref="StreamInjection.Rtp"/>.</summary>
    public StreamFormat InjectionFormat { get; init; } = StreamFormat.Pcmu;

    /// <summary>Who hears what comes in: the leg's party, whoever else is on its call, or both.</summary>
    public TapTracks InjectsInto { get; init; } = TapTracks.Heard;

    /// <summary>A connection that was open and is lost is made again, a bounded number of times; else the stream fails then.</summary>
    public bool Reconnects { get; init; }

    /// <summary>Told in the first frames, in this order.</summary>
    public IReadOnlyList<StreamParameter> CustomParameters { get; init; } = [];

    /// <summary>Of the handshake, beside that of <see cref="AuthToken"/>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>A secret: sent as a header of the handshake and never logged, traced or told.</summary>
    public string? AuthToken { get; init; }

    /// <summary>As it is told and kept: without user name and password.</summary>
    public string ToldUrl
    {
        get
        {
            int start = Url.IndexOf("//", StringComparison.Ordinal) + 2;
            if (start < 2) return Url;
            int end = Url.AsSpan(start).IndexOfAny('/', '?', '#');
            int at = Url.AsSpan(start, end < 0 ? Url.Length - start : end).LastIndexOf('@');
            return at < 0 ? Url : Url.Remove(start, at + 1);
        }
    }

    /// <summary>What a log or a debugger shows of it.</summary>
    public override string ToString() => $"{Tracks} to {ToldUrl}, {Format?.ToString() ?? "in the call's codec"}, back {Injection}";
}

public sealed record StreamParameter(string Name, string Value);

/// <summary>How audio is coded on a media stream.</summary>
/// <param name="Encoding">PCMU, PCMA, G722, OPUS or L16.</param>
/// <param name="SampleRate">Hertz, of the audio and not of the RTP clock.</param>
public sealed record StreamFormat(string Encoding, int SampleRate)
{
    public static readonly StreamFormat Pcmu = new("PCMU", 8_000);
}

/// <summary>Something outside that is to have a leg's audio while it runs.</summary>
/// <param name="Codec">The call's own.</param>
public abstract record LiveAudioOrder(Guid Id, LegFacts Leg, StreamFormat Codec);

/// <summary>A media stream to be connected; in the call's codec where its terms name none.</summary>
public sealed record StreamOrder(Guid Id, LegFacts Leg, StreamTerms Terms, StreamFormat Codec) : LiveAudioOrder(Id, Leg, Codec);

/// <summary>What became of an order. After <see cref="Ended"/> there is no more.</summary>
public abstract record LiveAudioNews
{
    private LiveAudioNews() { }

    /// <summary>Whoever takes the audio is ready. Media is to take up the tap, which is there.</summary>
    public sealed record Connected(TapPlan Tap) : LiveAudioNews
    {
        /// <summary>With what a later process ends it at its far end, where that needs to be told; nobody else reads it.</summary>
        public string? RecoveryBye { get; init; }

        /// <summary>When the leg's party speaks and pauses is told here (<see cref="Voice"/>): nobody need ask media.</summary>
        public bool TellsVoice { get; init; }
    }

    /// <summary>A recogniser has understood something; only between <see cref="Connected"/> and <see cref="Ended"/>.</summary>
    /// <param name="Confidence">0 to 1; null where it tells none.</param>
    public sealed record Transcribed(TapTracks Track, string Text, bool IsFinal, double? Confidence) : LiveAudioNews;

    /// <summary>Somebody begins to speak, or has paused, whatever the recogniser makes of it; where the order asks for it.</summary>
    public sealed record Voice(TapTracks Track, bool IsSpeaking) : LiveAudioNews;

    /// <param name="Failure">Why, as part of a sentence for the customer; null when the far end ended it in order.</param>
    public sealed record Ended(string? Failure) : LiveAudioNews;
}

/// <summary>Carries the audio of live calls to whoever is to have it, and back.</summary>
public interface ILiveAudio
{
    /// <summary>Connects in the background.</summary>
    /// <param name="tell">Called on any thread, in order; must not block.</param>
    void Open(LiveAudioOrder order, Action<LiveAudioNews> tell);

    /// <summary>The leg's party pressed a key.</summary>
    void Press(Guid id, char key);

    /// <summary>
    /// Nothing more is said. What was said and is not understood yet is told for a few seconds more, and then its end: to whoever ordered
    /// it, or, when the leg is <paramref name="over"/>, to the ledger in the leg's name. For kinds that listen for words.
    /// </summary>
    /// <param name="over">Of a leg that has ended, as it stood then; null while it lives.</param>
    void Finish(TranscriptionOrder order, LegFacts? over);

    /// <summary>Says goodbye and closes it; tells nothing more. Nothing happens when it has ended.</summary>
    void Close(Guid id);
}
