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
internal sealed class SmppLink : IAsyncDisposable
{
    private const int MostRefusals = 3, MostLate = 1_000;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10), WriteLimit = TimeSpan.FromSeconds(10),
        FirstWait = TimeSpan.FromSeconds(1), LongestWait = TimeSpan.FromSeconds(60), Upkeep = TimeSpan.FromSeconds(10),
        DrainLimit = TimeSpan.FromSeconds(5), Second = TimeSpan.FromSeconds(1);

    private readonly TextCarriersParts _parts;
    private readonly TimeProvider _time;
    private readonly SmppDesk _desk;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<long, ClaimedPart> _tickets = [];
    private readonly Queue<long> _late = [];
    private Task _loop = Task.CompletedTask;
    private readonly long _begunAt;
    private long _ticket;
    private int _waiting, _refusals;
    private DateTimeOffset _roomAt, _upkeepAt;
    private TextBindStatus _status;

    public SmppLink(TextCarrier carrier, DateTimeOffset updatedAt, TextCarriers all, TextProgress progress, TextCarriersParts parts)
    {
        (Carrier, UpdatedAt, _parts, _time) = (carrier, updatedAt, parts, parts.Store.Time);
        _begunAt = _time.GetTimestamp();
        _desk = new(carrier, all, progress, parts);
        _status = new(TextBindState.Connecting, 0, carrier.Rate, _time.GetUtcNow(), null, 0);
    }

    public TextCarrier Carrier { get; }
    public DateTimeOffset UpdatedAt { get; }
    public TextBindStatus Status => Volatile.Read(ref _status);

    /// <summary>Since this link is there.</summary>
    private Instant Now => default(Instant) + _time.GetElapsedTime(_begunAt);

    public void Start() => _loop = RunAsync();

    public async ValueTask DisposeAsync()
    {
        _stopping.TrySetResult();
        _stop.CancelAfter(DrainLimit + Second);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

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

    private async Task RunAsync()
    {
        var wait = FirstWait / 2;
        var rng = new Rng((ulong)_time.GetTimestamp());
        while (!_stopping.Task.IsCompleted)
        {
            bool wasBound = false;
            try
            {
                if (await _desk.SettleAsync(_stop.Token).ConfigureAwait(false))
                {
                    await _desk.RecoverAsync(_stop.Token).ConfigureAwait(false);
                    wasBound = await BindAsync().ConfigureAwait(false);
                    await _desk.SettleAsync(_stop.Token).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                if (fault is not StoreUnavailableException) _parts.Log.BindFailed(fault, Carrier.Name);
                Show(TextBindState.Waiting, fault.Message);
            }
            if (_stopping.Task.IsCompleted) break;
            if (_refusals >= MostRefusals)
            {
                _parts.Log.BindHalted(Carrier.Name, _refusals);
                Show(TextBindState.Halted, Status.Trouble);
                await _stopping.Task.ConfigureAwait(false);
                break;
            }
            wait = wasBound ? FirstWait : wait * 2 < LongestWait ? wait * 2 : LongestWait;
            using var rest = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var jitter = wait * (0.75 + (rng.NextDouble() / 2));
            await Task.WhenAny(_stopping.Task, Task.Delay(jitter, _time, rest.Token)).ConfigureAwait(false);
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
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
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
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
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
            if (failed is OperationCanceledException && !_stop.IsCancellationRequested)
                throw new TimeoutException($"no connection within {ConnectLimit.TotalSeconds:0} s");
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
                var bell = _parts.Store.TextParts.Changed;
                session.Tick(Now);
                while (session.TryTake(out var news)) wasBound |= await HearAsync(session, news!).ConfigureAwait(false);
                if (session.IsClosed)
                {
                    await FlushAsync(stream, session).ConfigureAwait(false);
                    return wasBound;
                }
                bool isSettled = await _desk.SettleAsync(_stop.Token).ConfigureAwait(false);
                bool isStopping = _stopping.Task.IsCompleted;
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
                Volatile.Write(ref _waiting, (int)Math.Min(int.MaxValue / 2,
                    await _parts.Store.TextParts.CountReadyAsync(Carrier.Id, _stop.Token).ConfigureAwait(false)));
                _parts.Log.Bound(Carrier.Name, bound.Centre);
                return true;
            case SmppNews.Answered answered:
                if (_tickets.Remove(answered.Ticket, out var claimed)) _desk.Settle(new(claimed.Part, answered.Status, answered.Id));
                break;
            case SmppNews.Unanswered overdue:
                Unanswered(overdue.Ticket);
                break;
            case SmppNews.Came came:
                session.Acknowledge(came.Request, await _desk.TakeAsync(came, _stop.Token).ConfigureAwait(false));
                break;
            case SmppNews.Closed closed:
                if (closed.BindStatus is SmppStatus.BadPassword or SmppStatus.BadSystemId) _refusals++;
                _parts.Log.BindEnded(Carrier.Name, closed.Why);
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
            var now = _time.GetUtcNow();
            for (int free = session.Free(Now); free > 0; free = session.Free(Now))
            {
                var claimed = await _desk.ClaimAsync(free, _stop.Token).ConfigureAwait(false);
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
                Interlocked.Add(ref _waiting, -claimed.Count);
                if (claimed.Count < free) break;
            }
            if (now >= _upkeepAt)
            {
                _upkeepAt = now + Upkeep;
                await _desk.KeepUpAsync(_stop.Token).ConfigureAwait(false);
                Volatile.Write(ref _waiting, (int)Math.Min(int.MaxValue / 2,
                    await _parts.Store.TextParts.CountReadyAsync(Carrier.Id, _stop.Token).ConfigureAwait(false)));
            }
            return await _parts.Store.TextParts.NextDueAsync(Carrier.Id, now, _stop.Token).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            return _time.GetUtcNow() + Second;
        }
    }

    private async ValueTask FlushAsync(Stream stream, SmppSession session)
    {
        byte[] bytes = session.TakeOutput();
        if (bytes.Length == 0) return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(WriteLimit);
        try
        {
            await stream.WriteAsync(bytes, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is IOException or SocketException or ObjectDisposedException
            || (failed is OperationCanceledException && !_stop.IsCancellationRequested))
        {
            session.Lose($"it takes no bytes: {failed.Message}");
        }
    }

    private async ValueTask WaitAsync(Task readable, Task bell, SmppSession session, DateTimeOffset? nextPart, bool isSettled,
        bool isStopping)
    {
        var wait = session.NextDue(Now) - Now;
        if (nextPart is { } due && due - _time.GetUtcNow() is var part && part < wait) wait = part;
        if (wait > Upkeep) wait = Upkeep;
        if ((!isSettled || isStopping) && wait > Second) wait = Second;
        if (wait <= TimeSpan.Zero) return;
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        // Timers know whole milliseconds.
        var delay = Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), _time, rest.Token);
        // A stop that has been heard is not heard again.
        await (isStopping ? Task.WhenAny(readable, delay) : Task.WhenAny(readable, bell, delay, _stopping.Task)).ConfigureAwait(false);
        await rest.CancelAsync().ConfigureAwait(false);
        _stop.Token.ThrowIfCancellationRequested();
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

    private void Show(TextBindState state, string? trouble, SmppSession? session = null)
    {
        var before = _status;
        Volatile.Write(ref _status, new(state, session?.UnderWay ?? 0, session?.Rate ?? Carrier.Rate,
            before.State == state ? before.Since : _time.GetUtcNow(), trouble, _desk.Strays));
    }
}
