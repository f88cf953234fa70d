using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Carriers;

/// <summary>The way to one carrier, in one loop that ends with it: what is common to all that carriers speak.</summary>
internal abstract class CarrierLink : IAsyncDisposable
{
    protected static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1), LongestWait = TimeSpan.FromSeconds(60),
        Upkeep = TimeSpan.FromSeconds(10), DrainLimit = TimeSpan.FromSeconds(5), Second = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new(), _leaving = new();
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _begunAt;
    private Task _loop = Task.CompletedTask;
    private int _waiting;
    private DateTimeOffset _roomAt;
    private TextBindStatus _status;

    protected CarrierLink(TextCarrier carrier, DateTimeOffset updatedAt, TextCarriersParts parts)
    {
        (Carrier, UpdatedAt, Parts, Time) = (carrier, updatedAt, parts, parts.Store.Time);
        _begunAt = Time.GetTimestamp();
        _status = new(TextBindState.Connecting, 0, carrier.Rate, Time.GetUtcNow(), null, 0);
    }

    public TextCarrier Carrier { get; }
    public DateTimeOffset UpdatedAt { get; }
    public TextBindStatus Status => Volatile.Read(ref _status);

    /// <summary>Parts that wait for it, about.</summary>
    public int Waiting => Math.Max(0, Volatile.Read(ref _waiting));

    protected TextCarriersParts Parts { get; }
    protected TimeProvider Time { get; }
    /// <summary>The end of waiting for anything.</summary>
    protected CancellationToken Ending => _stop.Token;
    /// <summary>Completes when nothing more is to be begun.</summary>
    protected Task Stopping => _stopping.Task;
    /// <summary>The same, for what is of no use any more then.</summary>
    protected CancellationToken Leaving => _leaving.Token;
    protected abstract CarrierDesk Desk { get; }

    /// <summary>Since this link is there.</summary>
    protected Instant Now => default(Instant) + Time.GetElapsedTime(_begunAt);

    public void Start() => _loop = RunAsync();

    public async ValueTask DisposeAsync()
    {
        _stopping.TrySetResult();
        await _leaving.CancelAsync().ConfigureAwait(false);
        _stop.CancelAfter(DrainLimit + Second);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
        _leaving.Dispose();
    }

    /// <summary>How many messages of this carrier the text is.</summary>
    public abstract int PartsOf(TextMessage text);

    /// <summary>Room for a text's parts, which it then has; or when there may be some.</summary>
    /// <returns>Null when the parts may come.</returns>
    public DateTimeOffset? RoomAt(int parts, DateTimeOffset now)
    {
        var status = Status;
        if (!status.IsBound) return now + Second;
        if (Volatile.Read(ref _waiting) + status.UnderWay < 2 * Carrier.Window)
        {
            Interlocked.Add(ref _waiting, parts);
            return null;
        }
        // Each of those that wait is looked at once, when its turn may have come.
        if (_roomAt < now) _roomAt = now;
        _roomAt += TimeSpan.FromSeconds(parts / Math.Max(0.1, status.Rate));
        return _roomAt;
    }

    protected abstract Task RunAsync();

    /// <summary>So many parts that waited are on the wire.</summary>
    protected void Went(int parts) => Interlocked.Add(ref _waiting, -parts);

    /// <summary>Counts anew what waits: rows change beside the link, too.</summary>
    protected async ValueTask CountWaitingAsync() => Volatile.Write(ref _waiting, (int)Math.Min(int.MaxValue / 2,
        await Parts.Store.TextParts.CountReadyAsync(Carrier.Id, Ending).ConfigureAwait(false)));

    protected void Show(TextBindState state, string? trouble, int underWay, double rate)
    {
        var before = _status;
        Volatile.Write(ref _status, new(state, underWay, rate, before.State == state ? before.Since : Time.GetUtcNow(), trouble,
            Desk.Strays));
    }
}
