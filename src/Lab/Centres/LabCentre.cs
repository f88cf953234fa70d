using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Core;
using Ringwright.Lab.Personas;

namespace Ringwright.Lab.Centres;

/// <summary>Whom a centre of the lab lets in, and how much it takes.</summary>
public sealed record LabCentreOptions
{
    /// <summary>Port 0 takes a free one.</summary>
    public required IPEndPoint Listen { get; init; }
    /// <summary>Null lets in whatever name is shown; so does a null password.</summary>
    public string? SystemId { get; init; }
    public string? Password { get; init; }
    /// <summary>Messages that one bind may submit in a second; the next is throttled (0x58). Null takes all.</summary>
    public int? Rate { get; init; }
}

/// <summary>
/// A message centre that speaks SMPP 3.4, before the people of the lab: it takes texts to them, says what became of each, and brings what
/// they answer to whoever is bound by the name of who wrote. What nobody can be brought waits for the next bind. All of it is in memory.
/// </summary>
public sealed class LabCentre : IAsyncDisposable
{
    private const int MostBinds = 64, MostWaiting = 10_000, MostUnjoined = 1_000, Cries = 2;
    private static readonly TimeSpan Thinks = TimeSpan.FromSeconds(1), Off = TimeSpan.FromSeconds(30);

    private readonly LabCentreOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<string> _tell;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<CentreBind> _binds = [];
    private readonly HashSet<Task> _work = [];
    private readonly Dictionary<string, Queue<SmppMessage>> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<(string From, string To, int Reference), SmppMessage?[]> _unjoined = [];
    /// <summary>How often a message was told that the queue is full.</summary>
    private readonly Dictionary<string, int> _cries = new(StringComparer.Ordinal);
    private readonly Task _loop;
    private int _ids, _references;

    /// <param name="tell">Is told what happens in one line each, without what was said; on any thread.</param>
    /// <exception cref="SocketException">The address is taken or not ours.</exception>
    public LabCentre(LabCentreOptions options, TimeProvider time, Action<string> tell)
    {
        (_options, _time, _tell) = (options, time, tell);
        _listener = new(options.Listen);
        _listener.Start();
        _loop = ListenAsync();
    }

    public IPEndPoint Local => (IPEndPoint)_listener.LocalEndpoint;

    internal TimeProvider Time => _time;
    internal int? Rate => _options.Rate;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _loop;
        Task[] last;
        lock (_gate) last = [.. _work];
        await Task.WhenAll(last);
        _stop.Dispose();
    }

    internal void Tell(string line) => _tell(line);

    /// <summary>0, or why somebody is not let in.</summary>
    internal uint Judge(SmppBind bind) =>
        // It is printed.
        bind.SystemId.Length == 0 || bind.SystemId.Any(char.IsControl) ? SmppStatus.BindFailed
        : _options.SystemId is { } name && name != bind.SystemId ? SmppStatus.BadSystemId
        : _options.Password is { } password && password != bind.Password ? SmppStatus.BadPassword : SmppStatus.Ok;

    /// <summary>Somebody is bound, and is brought what has waited for him.</summary>
    internal void Join(CentreBind bind)
    {
        _tell($"{bind.SystemId} is bound from {bind.Remote}");
        Flush(bind);
    }

    /// <summary>There is room for more on the way to him.</summary>
    internal void Flush(CentreBind bind)
    {
        while (true)
        {
            SmppMessage? next;
            lock (_gate)
            {
                if (!bind.HasRoom || !_waiting.TryGetValue(bind.SystemId, out var queue) || !queue.TryDequeue(out next)) return;
                if (queue.Count == 0) _waiting.Remove(bind.SystemId);
            }
            bind.Bring(next);
        }
    }

    /// <summary>Takes a message that is submitted under a name.</summary>
    /// <returns>The status, and the id where it is taken.</returns>
    internal (uint Status, string Id) Take(string name, SmppMessage message)
    {
        string from = message.From.Party, to = message.To.Party;
        if (from.Length == 0) return (SmppStatus.BadSource, "");
        if (Texters.HabitOf(to) is not { } habit) return (SmppStatus.BadDestination, "");
        if (habit is TextHabit.Refuses) return (SmppStatus.BadDestination, "");
        if (WordsOf([message]) is null) return (SmppStatus.PermanentAppError, "");
        if (habit is TextHabit.Full && IsFull(name, message)) return (SmppStatus.QueueFull, "");
        string id = Interlocked.Increment(ref _ids).ToString("x8", CultureInfo.InvariantCulture);
        string? words = Join(from, to, message);
        _tell($"{name}: {id} from {E164.Mask(from)} to {to}");
        Begin(() => DeliverAsync(name, message, id, habit, words));
        return (SmppStatus.Ok, id);
    }

    /// <summary>To whoever is bound by that name, now or later.</summary>
    internal void Bring(string name, SmppMessage message)
    {
        CentreBind? bind;
        bool isFull;
        lock (_gate)
        {
            bind = _binds.Find(one => one.SystemId == name && one.HasRoom);
            isFull = bind is null && _waiting.Values.Sum(static each => each.Count) >= MostWaiting;
            if (bind is null && !isFull)
            {
                if (!_waiting.TryGetValue(name, out var queue)) _waiting.Add(name, queue = new());
                queue.Enqueue(message);
            }
        }
        bind?.Bring(message);
        if (isFull) _tell($"{name}: {MostWaiting} messages wait, and one more is lost");
    }

    private async Task ListenAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                var bind = new CentreBind(socket, this);
                lock (_gate)
                {
                    if (_binds.Count < MostBinds) _binds.Add(bind);
                    else
                    {
                        socket.Dispose();
                        continue;
                    }
                }
                Begin(() => ServeAsync(bind));
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // The next one may come, unless it stops.
            }
        }
    }

    private async Task ServeAsync(CentreBind bind)
    {
        await bind.RunAsync(_stop.Token);
        lock (_gate) _binds.Remove(bind);
        if (bind.SystemId.Length > 0) _tell($"{bind.SystemId} is gone");
        // Nobody knows whether they were heard: they come again, as from any centre.
        foreach (var message in bind.Unanswered) Bring(bind.SystemId, message);
    }

    private async Task DeliverAsync(string name, SmppMessage message, string id, TextHabit habit, string? words)
    {
        try
        {
            await Task.Delay(habit is TextHabit.Away ? Off : Thinks, _time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        // Of the two lowest bits 1 asks for every receipt, 2 for those of failures.
        if ((message.RegisteredDelivery & 3) == 1 && habit is not TextHabit.Silent) Bring(name, ReceiptOf(message, id));
        if (words is null || Texters.Answer(message.To.Party, words, isAutomatic: false) is not { Length: > 0 } answer) return;
        ushort reference = (ushort)Interlocked.Increment(ref _references);
        IEnumerable<SmppMessage> parts = SmppText.Write(answer, SmppAlphabet.Gsm7, SmppJoining.Header, reference);
        if (Texters.IsReversing(message.To.Party)) parts = parts.Reverse();
        foreach (var part in parts) Bring(name, part with { From = message.To, To = message.From });
    }

    /// <summary>For each message so often: whoever sends it once more sends the same.</summary>
    private bool IsFull(string name, SmppMessage message)
    {
        string key = $"{name}\n{message.From.Party}\n{message.To.Party}\n{Convert.ToHexString(message.Text.Span)}";
        lock (_gate)
        {
            if (_cries.Remove(key, out int cries) && cries == Cries) return false;
            // Somebody who never tries again does not fill the lab.
            if (_cries.Count >= MostUnjoined) _cries.Clear();
            _cries.Add(key, cries + 1);
            return true;
        }
    }

    private SmppMessage ReceiptOf(SmppMessage message, string id)
    {
        string at = _time.GetUtcNow().ToString("yyMMddHHmm", CultureInfo.InvariantCulture);
        return new()
        {
            From = message.To, To = message.From, EsmClass = SmppEsm.Receipt,
            Text = Encoding.ASCII.GetBytes($"id:{id} sub:001 dlvrd:001 submit date:{at} done date:{at} stat:DELIVRD err:000 text:"),
            Tlvs = [new(SmppTlv.ReceiptedMessageId, Encoding.ASCII.GetBytes(id + "\0")), SmppTlv.Octet(SmppTlv.MessageState, 2)],
        };
    }

    /// <returns>What the whole text says; null while parts of it are missing.</returns>
    private string? Join(string from, string to, SmppMessage message)
    {
        if (SmppText.PartOf(message) is not { } part) return WordsOf([message]);
        var key = (from, to, part.Reference);
        lock (_gate)
        {
            if (!_unjoined.TryGetValue(key, out var all) || all.Length != part.Total)
            {
                // Somebody who never sends the rest does not fill the lab.
                if (_unjoined.Count >= MostUnjoined) _unjoined.Clear();
                _unjoined[key] = all = new SmppMessage?[part.Total];
            }
            all[part.Number - 1] = message;
            if (all.Any(static one => one is null)) return null;
            _unjoined.Remove(key);
            return WordsOf([.. all.OfType<SmppMessage>()]);
        }
    }

    /// <summary>Null for what is no text.</summary>
    private static string? WordsOf(IReadOnlyList<SmppMessage> parts)
    {
        var octets = new List<byte>();
        foreach (var part in parts) octets.AddRange(SmppText.BodyOf(part).Span);
        return SmppText.Read([.. octets], SmppText.CodingOf(parts[0]), SmppAlphabet.Gsm7);
    }

    private void Begin(Func<Task> what)
    {
        var task = what();
        lock (_gate) _work.Add(task);
        _ = task.ContinueWith(done =>
        {
            lock (_gate) _work.Remove(done);
        }, TaskScheduler.Default);
    }
}
