using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Carriers;

/// <summary>
/// The bind with one carrier: it is made again whenever it is lost, sends what is ready as fast as the centre lets it, and writes down
/// what the centre says before the centre is told so. All of it runs in one loop; only bytes are read beside it. Where the centre wants
/// two binds, they begin and end together.
/// </summary>
internal sealed class SmppLink : CarrierLink
{
    private const int MostRefusals = 3, MostLate = 1_000;

    private readonly SmppDesk _desk;
    private readonly Dictionary<long, ClaimedPart> _tickets = [];
    private readonly Queue<long> _late = [];
    private long _ticket;
    private int _refusals;
    private DateTimeOffset _upkeepAt;

    public SmppLink(TextCarrier carrier, DateTimeOffset updatedAt, TextCarriers all, TextProgress progress, TextCarriersParts parts)
        : base(carrier, updatedAt, parts) => _desk = new(carrier, all, progress, parts);

    protected override CarrierDesk Desk => _desk;

    public override int PartsOf(TextMessage text) => TextCarriers.MessagesOf(text, Carrier).Count;

    protected override async Task RunAsync()
    {
        var wait = FirstWait / 2;
        var rng = new Rng((ulong)Time.GetTimestamp());
        while (!Stopping.IsCompleted)
        {
            bool wasBound = false;
            try
            {
                if (await _desk.SettleAsync(Ending).ConfigureAwait(false))
                {
                    await _desk.RecoverAsync(Ending).ConfigureAwait(false);
                    wasBound = await BindAsync().ConfigureAwait(false);
                    await _desk.SettleAsync(Ending).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (Ending.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                if (fault is not StoreUnavailableException) Parts.Log.BindFailed(fault, Carrier.Name);
                Show(TextBindState.Waiting, fault.Message);
            }
            if (Stopping.IsCompleted) break;
            if (_refusals >= MostRefusals)
            {
                Parts.Log.BindHalted(Carrier.Name, _refusals);
                Show(TextBindState.Halted, Status.Trouble);
                await Stopping.ConfigureAwait(false);
                break;
            }
            wait = wasBound ? FirstWait : wait * 2 < LongestWait ? wait * 2 : LongestWait;
            using var rest = CancellationTokenSource.CreateLinkedTokenSource(Ending);
            var jitter = wait * (0.75 + (rng.NextDouble() / 2));
            await Task.WhenAny(Stopping, Task.Delay(jitter, Time, rest.Token)).ConfigureAwait(false);
            await rest.CancelAsync().ConfigureAwait(false);
        }
        Show(TextBindState.Stopped, null);
    }

    /// <summary>Connects, and holds the bind as long as it lasts.</summary>
    /// <returns>It was bound.</returns>
    private async Task<bool> BindAsync()
    {
        Show(TextBindState.Connecting, Status.Trouble);
        (int Port, SmppBindKind Kind)[] wanted = Carrier.ReceivePort is { } second
            ? [(Carrier.Port, SmppBindKind.Transmitter), (second, SmppBindKind.Receiver)] : [(Carrier.Port, SmppBindKind.Transceiver)];
        var streams = new List<Stream>();
        var lines = new List<SmppLine>();
        try
        {
            foreach (var (port, _) in wanted)
            {
                try
                {
                    streams.Add(await SmppLine.ConnectAsync(Carrier, port, Leaving).ConfigureAwait(false));
                }
                catch (Exception failed) when (failed is SocketException or IOException
                    or System.Security.Authentication.AuthenticationException or TimeoutException)
                {
                    Show(TextBindState.Waiting, $"{Carrier.Host}:{port}: {failed.Message}");
                    return false;
                }
            }
            Show(TextBindState.Binding, null);
            for (int i = 0; i < wanted.Length; i++) lines.Add(new(streams[i], new(TermsOf(wanted[i].Kind), Now), Ending));
            return await TalkAsync(lines).ConfigureAwait(false);
        }
        finally
        {
            foreach (var line in lines) await line.DisposeAsync().ConfigureAwait(false);
            foreach (var stream in streams) await stream.DisposeAsync().ConfigureAwait(false);
            await _desk.EndBindAsync().ConfigureAwait(false);
        }
    }

    private SmppTerms TermsOf(SmppBindKind kind) => new()
    {
        Bind = new(Carrier.SystemId, Carrier.Password, Carrier.SystemType), Kind = kind, Window = Carrier.Window, Rate = Carrier.Rate,
    };

    /// <param name="lines">Parts go by the first, and texts come by the last.</param>
    private async Task<bool> TalkAsync(List<SmppLine> lines)
    {
        var session = lines[0].Session;
        bool wasBound = false;
        Instant? drainEnds = null;
        try
        {
            while (true)
            {
                var bell = Parts.Store.TextParts.Changed;
                foreach (var line in lines)
                {
                    line.Session.Tick(Now);
                    while (line.Session.TryTake(out var news)) wasBound |= await HearAsync(lines, line, news!).ConfigureAwait(false);
                }
                if (session.IsClosed)
                {
                    foreach (var line in lines)
                    {
                        line.Session.Unbind(Now);
                        await line.FlushAsync().ConfigureAwait(false);
                    }
                    return wasBound;
                }
                bool isSettled = await _desk.SettleAsync(Ending).ConfigureAwait(false);
                bool isStopping = Stopping.IsCompleted;
                // What is under way gets its answers, also where the other bind is lost.
                bool isLeaving = isStopping || lines.Any(line => line.Session.IsClosed);
                if (isLeaving)
                {
                    drainEnds ??= Now + DrainLimit;
                    if (isStopping) Show(TextBindState.Draining, null);
                    if (session.UnderWay == 0 || Now >= drainEnds)
                        foreach (var line in lines) line.Session.Unbind(Now);
                    if (!session.IsBound && (!wasBound || Now >= drainEnds)) session.Lose("stopped");
                }
                bool isBound = lines.All(line => line.Session.IsBound) && !isLeaving;
                var nextPart = isBound && isSettled ? await PumpAsync(session).ConfigureAwait(false) : null;
                foreach (var line in lines) await line.FlushAsync().ConfigureAwait(false);
                _desk.Answered();
                if (isBound && lines.All(line => line.Session.IsBound))
                    Show(Now < session.PausedUntil ? TextBindState.Paused : TextBindState.Bound, null, session);
                await WaitAsync(lines, bell, nextPart, isSettled, isLeaving).ConfigureAwait(false);
                foreach (var line in lines)
                    if (!line.Session.IsClosed && line.Receive(Now) && line == lines[^1]) _desk.Heard();
            }
        }
        finally
        {
            foreach (var line in lines)
            {
                line.Session.Lose("the bind has ended");
                while (line.Session.TryTake(out var news))
                    if (news is SmppNews.Unanswered(var ticket)) Unanswered(ticket);
            }
            _tickets.Clear();
            _late.Clear();
        }
    }

    /// <returns>True when all binds are there now.</returns>
    private async ValueTask<bool> HearAsync(List<SmppLine> lines, SmppLine line, SmppNews news)
    {
        switch (news)
        {
            case SmppNews.Bound bound:
                line.WasBound = true;
                if (line == lines[^1]) _desk.BeginBind();
                if (!lines.All(one => one.WasBound)) break;
                _refusals = 0;
                await CountWaitingAsync().ConfigureAwait(false);
                Parts.Log.Bound(Carrier.Name, bound.Centre);
                return true;
            case SmppNews.Answered answered:
                if (_tickets.Remove(answered.Ticket, out var claimed)) _desk.Settle(new(claimed.Part, answered.Status, answered.Id));
                break;
            case SmppNews.Unanswered overdue:
                Unanswered(overdue.Ticket);
                break;
            case SmppNews.Came came:
                line.Session.Acknowledge(came.Request, await _desk.TakeAsync(came, Ending).ConfigureAwait(false));
                break;
            case SmppNews.Closed closed:
                // The first that ends says why: the other one is ended by us.
                bool isFirst = !lines.Any(one => one.HasEnded);
                line.HasEnded = true;
                if (!isFirst) break;
                if (closed.BindStatus is SmppStatus.BadPassword or SmppStatus.BadSystemId) _refusals++;
                Parts.Log.BindEnded(Carrier.Name, closed.Why);
                Show(TextBindState.Waiting, closed.Why);
                break;
            default:
                throw new UnreachableException();
        }
        return false;
    }

    /// <summary>An answer that comes late still finds its ticket.</summary>
    private void Unanswered(long ticket)
    {
        if (!_tickets.TryGetValue(ticket, out var claimed)) return;
        _desk.Settle(new(claimed.Part, Status: null, ""));
        _late.Enqueue(ticket);
        if (_late.Count > MostLate) _tickets.Remove(_late.Dequeue());
    }

    /// <summary>Sends what is ready, as much as may go.</summary>
    /// <returns>When the next part may go that waits for a time of its own.</returns>
    private async ValueTask<DateTimeOffset?> PumpAsync(SmppSession session)
    {
        try
        {
            var now = Time.GetUtcNow();
            for (int free = session.Free(Now); free > 0; free = session.Free(Now))
            {
                var claimed = await _desk.ClaimAsync(free, Ending).ConfigureAwait(false);
                foreach (var one in claimed)
                {
                    if (_desk.MessageOf(one, now) is not { } message)
                    {
                        _desk.Settle(new(one.Part, SmppStatus.BadMessageLength, ""));
                        continue;
                    }
                    _tickets.Add(++_ticket, one);
                    session.Submit(_ticket, message, Now);
                }
                Went(claimed.Count);
                if (claimed.Count < free) break;
            }
            if (now >= _upkeepAt)
            {
                _upkeepAt = now + Upkeep;
                await _desk.KeepUpAsync(Ending).ConfigureAwait(false);
                await CountWaitingAsync().ConfigureAwait(false);
            }
            return await Parts.Store.TextParts.NextDueAsync(Carrier.Id, now, Ending).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            return Time.GetUtcNow() + Second;
        }
    }

    private async ValueTask WaitAsync(List<SmppLine> lines, Task bell, DateTimeOffset? nextPart, bool isSettled, bool isLeaving)
    {
        var wait = Upkeep;
        var wakes = new List<Task>();
        foreach (var line in lines)
        {
            if (line.Session.IsClosed)
            {
                if (!line.HasEnded) return;
                continue;
            }
            if (line.Readable.IsCompleted) return;
            wakes.Add(line.Readable);
            if (line.Session.NextDue(Now) - Now is var next && next < wait) wait = next;
        }
        if (nextPart is { } due && due - Time.GetUtcNow() is var part && part < wait) wait = part;
        if ((!isSettled || isLeaving) && wait > Second) wait = Second;
        if (wait <= TimeSpan.Zero) return;
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(Ending);
        // Timers know whole milliseconds.
        wakes.Add(Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Time, rest.Token));
        // A stop that has been heard is not heard again.
        if (!isLeaving) wakes.AddRange([bell, Stopping]);
        await Task.WhenAny(wakes).ConfigureAwait(false);
        await rest.CancelAsync().ConfigureAwait(false);
        Ending.ThrowIfCancellationRequested();
    }

    private void Show(TextBindState state, string? trouble, SmppSession? session = null) =>
        Show(state, trouble, session?.UnderWay ?? 0, session?.Rate ?? Carrier.Rate);
}
