using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Carriers;

/// <summary>
/// The bind with one carrier: it is made again whenever it is lost, sends what is ready as fast as the centre lets it, and writes down
/// what the centre says before the centre is told so. All of it runs in one loop; only bytes are read beside it.
/// </summary>
internal sealed class SmppLink : CarrierLink
{
    private const int MostRefusals = 3, MostLate = 1_000;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10), WriteLimit = TimeSpan.FromSeconds(10);

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
        Stream stream;
        try
        {
            stream = await ConnectAsync().ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is SocketException or IOException or System.Security.Authentication.AuthenticationException
            or TimeoutException)
        {
            Show(TextBindState.Waiting, $"{Carrier.Host}:{Carrier.Port}: {failed.Message}");
            return false;
        }
        Show(TextBindState.Binding, null);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(Ending);
        var incoming = Channel.CreateBounded<byte[]>(4);
        var reading = ReadAsync(stream, incoming.Writer, ends.Token);
        try
        {
            return await TalkAsync(stream, incoming.Reader).ConfigureAwait(false);
        }
        finally
        {
            await ends.CancelAsync().ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(false);
            await _desk.EndBindAsync().ConfigureAwait(false);
        }
    }

    private async Task<Stream> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Leaving);
        limit.CancelAfter(ConnectLimit);
        try
        {
            await socket.ConnectAsync(Carrier.Host, Carrier.Port, limit.Token).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (!Carrier.IsTls) return stream;
            var secured = new SslStream(stream);
            stream = secured;
            await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = Carrier.Host }, limit.Token)
                .ConfigureAwait(false);
            return secured;
        }
        catch (Exception failed)
        {
            if (stream is not null) await stream.DisposeAsync().ConfigureAwait(false);
            else socket.Dispose();
            if (failed is OperationCanceledException)
                throw new TimeoutException(Leaving.IsCancellationRequested ? "stopped"
                    : $"no connection within {ConnectLimit.TotalSeconds:0} s");
            throw;
        }
    }

    private async Task<bool> TalkAsync(Stream stream, ChannelReader<byte[]> incoming)
    {
        var session = new SmppSession(new()
        {
            Bind = new(Carrier.SystemId, Carrier.Password, Carrier.SystemType), Window = Carrier.Window, Rate = Carrier.Rate,
        }, Now);
        bool wasBound = false;
        Task<bool>? readable = null;
        Instant? drainEnds = null;
        try
        {
            while (true)
            {
                var bell = Parts.Store.TextParts.Changed;
                session.Tick(Now);
                while (session.TryTake(out var news)) wasBound |= await HearAsync(session, news!).ConfigureAwait(false);
                if (session.IsClosed)
                {
                    await FlushAsync(stream, session).ConfigureAwait(false);
                    return wasBound;
                }
                bool isSettled = await _desk.SettleAsync(Ending).ConfigureAwait(false);
                bool isStopping = Stopping.IsCompleted;
                if (isStopping)
                {
                    drainEnds ??= Now + DrainLimit;
                    Show(TextBindState.Draining, null);
                    if (session.UnderWay == 0 || Now >= drainEnds) session.Unbind(Now);
                    if (!session.IsBound && (!wasBound || Now >= drainEnds)) session.Lose("stopped");
                }
                var nextPart = session.IsBound && isSettled && !isStopping ? await PumpAsync(session).ConfigureAwait(false) : null;
                await FlushAsync(stream, session).ConfigureAwait(false);
                _desk.Answered();
                if (session.IsBound && !isStopping)
                    Show(Now < session.PausedUntil ? TextBindState.Paused : TextBindState.Bound, null, session);
                readable ??= incoming.WaitToReadAsync().AsTask();
                if (!readable.IsCompleted)
                    await WaitAsync(readable, bell, session, nextPart, isSettled, isStopping).ConfigureAwait(false);
                if (!readable.IsCompleted) continue;
                if (await readable.ConfigureAwait(false) && incoming.TryRead(out byte[]? bytes))
                {
                    _desk.Heard();
                    session.Receive(bytes, Now);
                }
                else session.Lose("it closed the connection");
                readable = null;
            }
        }
        finally
        {
            session.Lose("the bind has ended");
            while (session.TryTake(out var news))
                if (news is SmppNews.Unanswered(var ticket)) Unanswered(ticket);
            _tickets.Clear();
            _late.Clear();
        }
    }

    /// <returns>True when the bind is there now.</returns>
    private async ValueTask<bool> HearAsync(SmppSession session, SmppNews news)
    {
        switch (news)
        {
            case SmppNews.Bound bound:
                _refusals = 0;
                _desk.BeginBind();
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
                session.Acknowledge(came.Request, await _desk.TakeAsync(came, Ending).ConfigureAwait(false));
                break;
            case SmppNews.Closed closed:
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

    private async ValueTask FlushAsync(Stream stream, SmppSession session)
    {
        byte[] bytes = session.TakeOutput();
        if (bytes.Length == 0) return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ending);
        limit.CancelAfter(WriteLimit);
        try
        {
            await stream.WriteAsync(bytes, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is IOException or SocketException or ObjectDisposedException
            || (failed is OperationCanceledException && !Ending.IsCancellationRequested))
        {
            session.Lose($"it takes no bytes: {failed.Message}");
        }
    }

    private async ValueTask WaitAsync(Task readable, Task bell, SmppSession session, DateTimeOffset? nextPart, bool isSettled,
        bool isStopping)
    {
        var wait = session.NextDue(Now) - Now;
        if (nextPart is { } due && due - Time.GetUtcNow() is var part && part < wait) wait = part;
        if (wait > Upkeep) wait = Upkeep;
        if ((!isSettled || isStopping) && wait > Second) wait = Second;
        if (wait <= TimeSpan.Zero) return;
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(Ending);
        // Timers know whole milliseconds.
        var delay = Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Time, rest.Token);
        // A stop that has been heard is not heard again.
        await (isStopping ? Task.WhenAny(readable, delay) : Task.WhenAny(readable, bell, delay, Stopping)).ConfigureAwait(false);
        await rest.CancelAsync().ConfigureAwait(false);
        Ending.ThrowIfCancellationRequested();
    }

    private static async Task ReadAsync(Stream stream, ChannelWriter<byte[]> into, CancellationToken stop)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            for (int count; (count = await stream.ReadAsync(buffer, stop).ConfigureAwait(false)) > 0;)
                await into.WriteAsync(buffer[..count], stop).ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection is over, whichever side ended it.
        }
        finally
        {
            into.TryComplete();
        }
    }

    private void Show(TextBindState state, string? trouble, SmppSession? session = null) =>
        Show(state, trouble, session?.UnderWay ?? 0, session?.Rate ?? Carrier.Rate);
}
