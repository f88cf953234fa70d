using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Activities;

namespace Ringwright.Pure.Switch;

/// <summary>A leg that only writes down what its activities do.</summary>
internal sealed class RecordingHost : IActivityHost
{
    private readonly Rng _rng = new(1);
    private int _correlation;

    public Instant Now { get; set; } = new(1_000_000_000);
    public LegFacts Facts { get; set; } = Sample.Facts();
    public PortId Port { get; } = PortId.Compose(1, 7);
    public string Codec { get; set; } = "PCMU";
    public DigitMethod Digits { get; set; }
    public StreamFormat Format => new(Codec, 8_000);
    public bool HasLiveAudio { get; set; } = true;

    public List<CallEvent> Events { get; } = [];
    public List<MediaCommand> Commands { get; } = [];
    public List<(int Correlation, PromptSource Source, string Codec)> Prepared { get; } = [];

    public List<(char Key, int Milliseconds, Action<bool> Ended)> Informed { get; } = [];
    public bool IsConnected { get; set; } = true;

    public bool TryInform(char key, int milliseconds, Action<bool> ended)
    {
        if (IsConnected) Informed.Add((key, milliseconds, ended));
        return IsConnected;
    }

    public List<LiveAudioOrder> Ordered { get; } = [];
    public List<StreamOrder> Opened => [.. Ordered.OfType<StreamOrder>()];
    public List<TranscriptionOrder> Transcribed => [.. Ordered.OfType<TranscriptionOrder>()];
    public List<(Guid Stream, char Key)> Pressed { get; } = [];
    public List<Guid> Closed { get; } = [];

    public void OpenLiveAudio(LiveAudioOrder order) => Ordered.Add(order);
    public void PressOnLiveAudio(Guid stream, char key) => Pressed.Add((stream, key));
    public void CloseLiveAudio(Guid stream) => Closed.Add(stream);
    public List<(Guid Order, bool IsOver)> Finished { get; } = [];
    public void FinishLiveAudio(TranscriptionOrder order, bool isOver) => Finished.Add((order.Id, isOver));

    public List<RecordEnd> Kept { get; } = [];

    public void Keep(RecordEnd ended) => Kept.Add(ended);
    public void Emit(CallEvent happened) => Events.Add(happened);
    public void Post(MediaCommand command) => Commands.Add(command);

    public int Prepare(PromptSource source, string codec)
    {
        Prepared.Add((++_correlation, source, codec));
        return _correlation;
    }

    public Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        _rng.Fill(bytes);
        return new(bytes);
    }

    public void Advance(TimeSpan span) => Now += span;

    /// <summary>The kinds of the events so far, in order.</summary>
    public string[] Kinds => [.. Events.Select(e => e.GetType().Name)];
}

internal static class Sample
{
    public static readonly TenantId Tenant = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));
    public static readonly ConnectionId Connection = new(1_000_000_000_000_000_001);

    public static LegFacts Facts(Direction direction = Direction.Inbound) => new()
    {
        Id = LegId.Compose(1, 0, 1, 1, 42),
        Uuid = Guid.Parse("22222222-2222-1222-8222-222222222222"),
        Session = new(Guid.Parse("33333333-3333-1333-8333-333333333333")),
        Tenant = Tenant,
        Connection = Connection,
        Direction = direction,
        From = "+4930123",
        To = "+4989456",
        StartedAt = new(1_000_000_000),
    };

    public static PromptResult Prompt(string file) => PromptResult.Ready(new("hash", file, TimeSpan.FromSeconds(1)));
}
