using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Campaigns.Texts;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Carriers;

/// <summary>What the carriers of texts use.</summary>
public sealed record TextCarriersParts
{
    public required Database Store { get; init; }
    public required TextDesk Desk { get; init; }
    public required ILogger Log { get; init; }
    /// <summary>Those of the numbers that texts come to; null where none registers.</summary>
    public TextPhones? Phones { get; init; }
    /// <summary>Null where no carrier is asked by HTTP: those stay away.</summary>
    public ITextHttp? Http { get; init; }

    internal CarrierTurns Turns => field ??= new(Store.Time);

    /// <summary>A text that came is not taken, or what came of it is kept no longer.</summary>
    internal void NoteRefused(string carrier, string why)
    {
        Metrics.TextsRefused.Add(1, Metrics.Of("carrier", carrier));
        if (Turns.TryTell(carrier, why, out long times)) Log.ArrivalRefused(carrier, why, times);
    }
}

/// <summary>
/// The node's ways to the operator's carriers of texts: it keeps one for each that is switched on, and follows what the operator
/// changes. Each part of a text is committed as submitted before its bytes leave.
/// </summary>
public sealed class TextCarriers : ITextWays, ITextQueue, IAsyncDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private readonly TextCarriersParts _parts;
    private readonly Database _store;
    private readonly TextProgress _progress;
    private readonly CancellationTokenSource _stop = new();
    private IReadOnlyDictionary<Guid, CarrierLink> _links = new Dictionary<Guid, CarrierLink>();
    // Parts that wait, by carrier, as they were counted last.
    private IReadOnlyDictionary<Guid, long> _waiting = new Dictionary<Guid, long>();
    // Completes when there is more to know than the links: the carriers have not been read yet, or were changed since.
    private Task _more = Task.CompletedTask;
    private TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // The last time that they were read they could not be.
    private volatile bool _isUnread;
    private Task _loop = Task.CompletedTask;
    // Binds that end, and those that begin behind them.
    private Task _turn = Task.CompletedTask;
    private Meter? _gauges;
    private int _isClosed;

    public TextCarriers(TextCarriersParts parts) => (_parts, _store, _progress) = (parts, parts.Store, new(parts.Desk));

    /// <summary>Looks at least so often: another node may have changed a carrier.</summary>
    public TimeSpan LongestSleep { get; init; } = TimeSpan.FromSeconds(5);

    public void Start()
    {
        _gauges = Metrics.TextWays(() => Measure(link => link.Status.IsBound ? 1 : 0), () => Measure(link => link.Status.UnderWay),
            () => Measure(link => link.Waiting));
        _loop = RunAsync();
    }

    /// <summary>Null for a carrier without a bind on this node.</summary>
    public TextBindStatus? StatusOf(Guid carrier) => _links.GetValueOrDefault(carrier)?.Status;

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 1) return;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        await _turn.ConfigureAwait(false);
        var links = _links;
        // Nobody asks them how they stand any more.
        _gauges?.Dispose();
        _links = new Dictionary<Guid, CarrierLink>();
        await Task.WhenAll(links.Values.Select(link => link.DisposeAsync().AsTask())).ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>The first carrier that is bound takes it; while none is, or the one has enough, it waits in its queue.</summary>
    public async ValueTask<bool> TakeAsync(TextMessage text, DateTimeOffset now, CancellationToken stop)
    {
        // That none takes it ends a text: not what an earlier process left, before it is known which carriers there are.
        if (FirstOf(text.To) is null && !await KnowAsync(stop).ConfigureAwait(false))
        {
            await _store.Texts.MoveAsync(text with { DueAt = TextCourier.LookAgain(text, now) }, TextState.Queued, null, stop)
                .ConfigureAwait(false);
            return true;
        }
        if (FirstOf(text.To) is not { } link) return false;
        ushort reference = ReferenceOf(text);
        int parts = link.PartsOf(text);
        if (link.RoomAt(parts, now) is { } later)
        {
            if (!link.Status.IsBound) later = TextCourier.LookAgain(text, now);
            if (later > now + LongestWait) later = now + LongestWait;
            if (text.ValidUntil is { } end && end < later) later = end;
            await _store.Texts.MoveAsync(text with { DueAt = later }, TextState.Queued, null, stop).ConfigureAwait(false);
            return true;
        }
        // Another node may have taken it meanwhile.
        await _store.TextParts.TakeAsync(text with { State = TextState.Sending, DueAt = now + TextProgress.Doubt }, link.Carrier.Id,
            [.. Enumerable.Range(0, parts).Select(i => (reference + i) & ushort.MaxValue)], now, stop).ConfigureAwait(false);
        return true;
    }

    public TimeSpan? WaitOf(string to) => FirstOf(to) is not { } link ? null
        : TimeSpan.FromSeconds(Volatile.Read(ref _waiting).GetValueOrDefault(link.Carrier.Id) / (double)link.Carrier.Rate);

    public async ValueTask LookAfterAsync(TextMessage text, DateTimeOffset now, CancellationToken stop) =>
        await _store.TextParts.ChangeAsync(text.Tenant, text.Id,
            (current, parts) => current.State is TextState.Sending ? _progress.Overdue(current, parts, now) : null, stop)
            .ConfigureAwait(false);

    /// <summary>What a carrier by HTTP tells or brings; all of it is written when this returns <see cref="HttpTextCome.Done"/>.</summary>
    /// <param name="secret">Of the path at which it came.</param>
    /// <param name="read">Reads what came, for whom the secret is known alone; null for what is no JSON.</param>
    public async ValueTask<HttpTextCome> TakeAsync(Guid carrier, string secret, Func<ValueTask<JsonNode?>> read, CancellationToken stop)
    {
        try
        {
            if (_links.GetValueOrDefault(carrier) is HttpLink link)
                return link.Carrier.IsSecret(secret)
                    ? await link.TakeAsync(await read().ConfigureAwait(false), stop).ConfigureAwait(false) : WrongSecret(link.Carrier);
            if (await _store.TextCarriers.FindAsync(carrier, stop).ConfigureAwait(false) is not { } known) return HttpTextCome.Unknown;
            // It is switched off, or this node has not begun with it: the carrier keeps what it has.
            return known.Value.IsSecret(secret) ? HttpTextCome.Later : WrongSecret(known.Value);
        }
        catch (StoreUnavailableException)
        {
            return HttpTextCome.Later;
        }
    }

    /// <summary>Whoever sends it is not told that there is such a carrier; who looks for its receipts is.</summary>
    private HttpTextCome WrongSecret(TextCarrier carrier)
    {
        if (_parts.Turns.TryTell(carrier.Name, "secret", out long times)) _parts.Log.SecretWrong(carrier.Name, times);
        return HttpTextCome.Unknown;
    }

    /// <summary>The carrier that is tried behind another one. It gets the parts that there are, so it cuts the text into as many.</summary>
    internal Guid? Next(TextMessage text, Guid behind)
    {
        var links = For(text.To);
        int at = links.FindIndex(link => link.Carrier.Id == behind);
        return at < 0 ? null
            : links.Skip(at + 1).FirstOrDefault(link => link.PartsOf(text) == links[at].PartsOf(text))?.Carrier.Id;
    }

    /// <summary>What a carrier by SMPP is sent of a text, without addresses. It keeps to UCS-2 where the account asked for that.</summary>
    internal static IReadOnlyList<SmppMessage> MessagesOf(TextMessage text, TextCarrier carrier) =>
        SmppText.Write(text.Words, carrier.Alphabet, carrier.Joining, ReferenceOf(text), isWide: text.Encoding is TextEncoding.Ucs2);

    /// <summary>The reference of a text's first part; those of the others follow. It is the same whenever it is asked for.</summary>
    internal static ushort ReferenceOf(TextMessage text)
    {
        byte[] id = text.Id.ToByteArray();
        return (ushort)((id[^2] << 8) | id[^1]);
    }

    /// <summary>
    /// Waits until the links are those of what is written, which takes one look at it: other texts wait as long, and not for binds that
    /// begin or end.
    /// </summary>
    /// <returns>False where that cannot be read.</returns>
    private async ValueTask<bool> KnowAsync(CancellationToken stop)
    {
        while (true)
        {
            var read = Volatile.Read(ref _read).Task;
            if (!Volatile.Read(ref _more).IsCompleted) return true;
            if (_isUnread) return false;
            await read.WaitAsync(stop).ConfigureAwait(false);
        }
    }

    private void Looked(bool isUnread)
    {
        _isUnread = isUnread;
        Interlocked.Exchange(ref _read, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    private IEnumerable<Measurement<int>> Measure(Func<CarrierLink, int> what) =>
        _links.Values.Select(link => new Measurement<int>(what(link), Metrics.Of("carrier", link.Carrier.Name)));

    /// <summary>By which a text to the number goes now, or waits until it may; null when no carrier takes it.</summary>
    private CarrierLink? FirstOf(string to)
    {
        var links = For(to);
        return links.FirstOrDefault(one => one.Status.IsBound) ?? links.FirstOrDefault();
    }

    private async Task CountAsync()
    {
        int longest = _links.Values.SelectMany(link => link.Carrier.Prefixes).Select(prefix => prefix.Length).DefaultIfEmpty().Max();
        var waiting = new Dictionary<Guid, long>();
        // Where no carrier is, nothing waits for one.
        foreach (var some in longest == 0 ? [] : await _store.Texts.WaitingAsync(longest, _stop.Token).ConfigureAwait(false))
            if (FirstOf(some.Beginning) is { } link)
                waiting[link.Carrier.Id] = waiting.GetValueOrDefault(link.Carrier.Id) + some.Parts;
        Volatile.Write(ref _waiting, waiting);
    }

    private List<CarrierLink> For(string to)
    {
        var links = _links;
        return [.. TextCarrier.For(links.Values.Select(link => link.Carrier), to).Select(carrier => links[carrier.Id])];
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var changed = _store.TextCarriers.Changed;
            try
            {
                Follow(await _store.TextCarriers.ListAsync(_stop.Token).ConfigureAwait(false), changed);
                await CountAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                if (fault is not StoreUnavailableException) _parts.Log.CarriersNotRead(fault, LongestSleep.TotalSeconds);
                Looked(isUnread: true);
            }
            using var rest = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            await Task.WhenAny(changed, Task.Delay(LongestSleep, _store.Time, rest.Token)).ConfigureAwait(false);
            await rest.CancelAsync().ConfigureAwait(false);
        }
    }

    private CarrierLink? LinkOf(TextCarrier carrier, DateTimeOffset updatedAt) => carrier.Http is not { } way
        ? new SmppLink(carrier, updatedAt, this, _progress, _parts)
        : _parts.Http is { } http ? new HttpLink(carrier, way, http, updatedAt, this, _progress, _parts) : null;

    /// <param name="more">Completes when it is not all any more.</param>
    private void Follow(IReadOnlyList<Stored<TextCarrier>> wanted, Task more)
    {
        var now = new Dictionary<Guid, CarrierLink>();
        var begun = new List<CarrierLink>();
        foreach (var (carrier, _, updatedAt) in wanted.Where(one => one.Value.IsEnabled))
        {
            if (_links.TryGetValue(carrier.Id, out var link) && link.UpdatedAt == updatedAt) now[carrier.Id] = link;
            else if (LinkOf(carrier, updatedAt) is { } made) begun.Add(now[carrier.Id] = made);
        }
        var ended = _links.Values.Except(now.Values).ToList();
        _links = now;
        Volatile.Write(ref _more, more);
        Looked(isUnread: false);
        if (ended.Count > 0 || begun.Count > 0) _turn = TurnAsync(_turn, ended, begun);
    }

    /// <summary>One bind after the other: many centres let one in for each account.</summary>
    private async Task TurnAsync(Task before, List<CarrierLink> ended, List<CarrierLink> begun)
    {
        await before.ConfigureAwait(false);
        await Task.WhenAll(ended.Select(EndAsync)).ConfigureAwait(false);
        foreach (var link in begun) link.Start();
    }

    private async Task EndAsync(CarrierLink link)
    {
        try
        {
            await link.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            _parts.Log.BindFailed(fault, link.Carrier.Name);
        }
    }
}
