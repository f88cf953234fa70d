using System.Net;
using System.Text;
using System.Text.Unicode;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Net;

/// <summary>
/// Keeps what passed on the wire and what was commanded, call by call. The call path only leaves a note with a reference to bytes that it
/// no longer changes; finding the call, hiding secrets and writing happen here, on a thread of the pool. When notes come faster than they
/// can be written they are dropped and counted.
/// </summary>
/// <param name="own">Our addresses as peers see them.</param>
/// <param name="inside">The way to our own legs.</param>
internal sealed class CallTraceRecorder(ITraceStore store, IRouting routing, WallAnchor anchor, TransactionSettings own, SipFlow inside,
    ILogger logger, TimeProvider clock) : IAsyncDisposable
{
    private const int UsualCallId = 256;

    private readonly Channel<Note> _notes = Channel.CreateUnbounded<Note>(new() { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();

    // Touched by the writing loop alone.
    private readonly Dictionary<LegId, Call> _calls = [];
    private readonly Dictionary<string, Call> _dialogs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Note>> _unclaimed = new(StringComparer.Ordinal);
    private readonly Queue<(string CallId, Instant At)> _unclaimedOrder = new();
    private readonly Queue<(LegId Leg, Instant At)> _ended = new();
    private readonly List<TraceEntry> _rows = [];
    private byte[] _hidden = [];

    private int _queued;
    private long _queuedBytes;
    /// <summary>Said once; what is lost until it works again is counted.</summary>
    private bool _isLosing;
    private Task _loop = Task.CompletedTask;

    /// <summary>Notes that wait for the writing loop.</summary>
    public int Waiting => Volatile.Read(ref _queued);

    /// <summary>Calls that it keeps messages of and whose end it has not heard of.</summary>
    public int Followed => _calls.Count - _ended.Count;

    public void Start() => _loop = WriteAsync();

    public void Sent(ReadOnlyMemory<byte> message, SipFlow to) =>
        Leave(new() { Kind = NoteKind.Sent, At = EngineClock.At(clock), Bytes = message, Flow = to });

    public void Received(ReadOnlyMemory<byte> message, SipFlow from) =>
        Leave(new() { Kind = NoteKind.Received, At = EngineClock.At(clock), Bytes = message, Flow = from });

    /// <summary>Between two legs of this node, which have one Call-ID and two records.</summary>
    public void Passed(LegId leg, ReadOnlyMemory<byte> message, bool isOutgoing) =>
        Leave(new()
        {
            Kind = isOutgoing ? NoteKind.Sent : NoteKind.Received, At = EngineClock.At(clock), Leg = leg, Bytes = message,
            Flow = inside
        });

    public void Began(LegFacts leg, string? callId) =>
        Leave(new() { Kind = NoteKind.Began, At = EngineClock.At(clock), Facts = leg, Leg = leg.Id, Text = callId });

    /// <param name="at">When the command came; its answer may follow the messages that it caused.</param>
    public void Commanded(LegId leg, string name, string? commandId, Instant at, Ack answer) =>
        Leave(new() { Kind = NoteKind.Command, At = at, Leg = leg, Text = name, CommandId = commandId, Refusal = answer.Refusal });

    /// <param name="sentence">For whoever reads the trace.</param>
    public void Noted(LegId leg, string sentence) =>
        Leave(new() { Kind = NoteKind.Said, At = EngineClock.At(clock), Leg = leg, Text = sentence });

    public void Ended(LegId leg) => Leave(new() { Kind = NoteKind.Ended, At = EngineClock.At(clock), Leg = leg });

    /// <summary>Writes what is queued, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _notes.Writer.TryComplete();
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private void Leave(in Note note)
    {
        // Without its end a call would be kept for good; there are never more ends than calls.
        bool hasRoom = Interlocked.Add(ref _queuedBytes, note.Bytes.Length) <= CallTraceLimits.QueuedBytes
            & Interlocked.Increment(ref _queued) <= CallTraceLimits.QueuedNotes
            || note.Kind is NoteKind.Ended;
        if (hasRoom && _notes.Writer.TryWrite(note)) return;
        Interlocked.Add(ref _queuedBytes, -note.Bytes.Length);
        Interlocked.Decrement(ref _queued);
        Metrics.TraceDropped.Add(1, new KeyValuePair<string, object?>("reason", "queue"));
    }

    private async Task WriteAsync()
    {
        while (await _notes.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            while (_rows.Count < CallTraceLimits.RowsPerWrite && _notes.Reader.TryRead(out var note))
            {
                Interlocked.Add(ref _queuedBytes, -note.Bytes.Length);
                Interlocked.Decrement(ref _queued);
                Take(note);
            }
            Forget();
            bool isFull = _rows.Count >= CallTraceLimits.RowsPerWrite;
            if (_rows.Count > 0) await StoreAsync().ConfigureAwait(false);
            if (!isFull && !_stop.IsCancellationRequested)
                await Task.Delay(CallTraceLimits.Gathering, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StoreAsync()
    {
        try
        {
            await store.WriteAsync(_rows, CancellationToken.None).ConfigureAwait(false);
            Metrics.TraceWritten.Add(_rows.Count);
            _isLosing = false;
        }
        catch (Exception failed)
        {
            // A call must never suffer from its own record: what cannot be written is lost, and counted.
            Metrics.TraceDropped.Add(_rows.Count, new KeyValuePair<string, object?>("reason", "store"));
            if (!_isLosing) logger.TraceLost(_rows.Count, failed);
            _isLosing = true;
        }
        _rows.Clear();
    }

    private void Take(in Note note)
    {
        switch (note.Kind)
        {
            case NoteKind.Began:
                Begin(note);
                break;
            case NoteKind.Said:
                if (_calls.TryGetValue(note.Leg, out var spoken)) Keep(spoken, note, 0);
                break;
            case NoteKind.Command:
                if (_calls.TryGetValue(note.Leg, out var commanded)) Keep(commanded, note, 0);
                break;
            case NoteKind.Ended:
                if (_calls.ContainsKey(note.Leg)) _ended.Enqueue((note.Leg, note.At));
                break;
            case NoteKind.Sent or NoteKind.Received when note.Flow.IsInside:
                if (_calls.TryGetValue(note.Leg, out var own)) Keep(own, note, note.Bytes.Length);
                break;
            default:
                var callId = WireMask.CallId(note.Bytes.Span);
                if (callId.IsEmpty) break;
                if (Find(callId) is { } call) Keep(call, note, note.Bytes.Length);
                else if (MayBeOfCall(WireMask.Method(note.Bytes.Span))) Wait(Encoding.UTF8.GetString(callId), note);
                break;
        }
    }

    private void Begin(in Note note)
    {
        if (note.Facts is not { } facts) return;
        if (!_calls.TryGetValue(facts.Id, out var call))
        {
            var known = routing.Current;
            // A PIN may be pressed when nobody takes a call to a number with voicemail.
            bool showsDigits = known.FindConnection(facts.Tenant, facts.Connection) is { IsDtmfRedacted: false }
                && !(known.FindOwnNumber(facts.To) is { } number && known.FindMailbox(number) is not null);
            _calls.Add(facts.Id, call = new(facts.Id, facts.Tenant, showsDigits, anchor.Tie));
        }
        if (note.Text is not { } callId || !_dialogs.TryAdd(callId, call)) return;
        call.CallIds.Add(callId);
        if (!_unclaimed.Remove(callId, out var waiting)) return;
        foreach (var message in waiting) Keep(call, message, message.Bytes.Length);
    }

    /// <summary>Whose dialog that is; nearly every message is of a call that is known, and needs no string of its own for that.</summary>
    private Call? Find(ReadOnlySpan<byte> callId)
    {
        Span<char> text = stackalloc char[UsualCallId];
        return callId.Length > UsualCallId ? _dialogs.GetValueOrDefault(Encoding.UTF8.GetString(callId))
            : _dialogs.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text[..Encoding.UTF8.GetChars(callId, text)], out var call)
                ? call : null;
    }

    /// <summary>When all phones of a house register at once, they take no place from those who call.</summary>
    private static bool MayBeOfCall(ReadOnlySpan<byte> method) =>
        !(method.SequenceEqual("REGISTER"u8) || method.SequenceEqual("OPTIONS"u8) || method.SequenceEqual("SUBSCRIBE"u8)
            || method.SequenceEqual("NOTIFY"u8) || method.SequenceEqual("PUBLISH"u8) || method.SequenceEqual("MESSAGE"u8));

    private void Wait(string callId, in Note note)
    {
        if (!_unclaimed.TryGetValue(callId, out var waiting))
        {
            if (_unclaimed.Count >= CallTraceLimits.UnclaimedDialogs)
            {
                Metrics.TraceDropped.Add(1, new KeyValuePair<string, object?>("reason", "unclaimed"));
                return;
            }
            _unclaimed.Add(callId, waiting = []);
            _unclaimedOrder.Enqueue((callId, note.At));
        }
        if (waiting.Count < CallTraceLimits.MessagesPerUnclaimedDialog) waiting.Add(note);
    }

    private void Keep(Call call, in Note note, int bytes)
    {
        if (call.Entries >= CallTraceLimits.EntriesPerCall || call.Bytes + bytes > CallTraceLimits.BytesPerCall)
        {
            Metrics.TraceDropped.Add(1, new KeyValuePair<string, object?>("reason", "call"));
            if (call.IsFull) return;
            call.IsFull = true;
            _rows.Add(Row(call, note, TraceKind.Note) with { Name = "This call's trace is full: what follows is not kept." });
            return;
        }
        call.Entries++;
        call.Bytes += bytes;
        _rows.Add(note.Kind switch
        {
            NoteKind.Command => Command(call, note),
            NoteKind.Said => Row(call, note, TraceKind.Note) with { Name = note.Text ?? "" },
            _ => Message(call, note),
        });
    }

    private TraceEntry Command(Call call, in Note note) => Row(call, note, TraceKind.Command) with
    {
        Name = note.Text ?? "",
        CommandId = note.CommandId,
        Outcome = note.Refusal is Refusal.None ? "accepted" : SnakeName.Of(note.Refusal),
    };

    private TraceEntry Message(Call call, in Note note)
    {
        // A copy, because the original is still the shard's; here is one thread at a time.
        int length = note.Bytes.Length;
        if (_hidden.Length < length) _hidden = new byte[Math.Max(length, 2 * _hidden.Length)];
        note.Bytes.Span.CopyTo(_hidden);
        // What goes out are keys that somebody told us to press: a PIN of his own at another's machine, whatever the application shows.
        var hidden = _hidden.AsSpan(0, length);
        WireMask.Hide(hidden, call.ShowsDigits && note.Kind is not NoteKind.Sent);
        int end = hidden.IndexOfAny((byte)'\r', (byte)'\n');
        // It is written as UTF-8, and comes as that: as a text it would be made twice as long in between. What is none becomes one here.
        bool isUtf8 = Utf8.IsValid(hidden);
        return new()
        {
            Tenant = call.Tenant,
            Leg = call.Leg,
            At = call.Tie.ToWall(note.At),
            Kind = TraceKind.Sip,
            IsOutgoing = note.Kind is NoteKind.Sent,
            Transport = note.Flow.Transport,
            Local = own.AddressOn(note.Flow),
            Remote = call.TextOf(note.Flow.Remote),
            Name = Encoding.UTF8.GetString(end < 0 ? hidden : hidden[..end]),
            Utf8 = isUtf8 ? hidden.ToArray() : default,
            Text = isUtf8 ? null : Encoding.UTF8.GetString(hidden),
        };
    }

    private static TraceEntry Row(Call call, in Note note, TraceKind kind) =>
        new() { Tenant = call.Tenant, Leg = call.Leg, At = call.Tie.ToWall(note.At), Kind = kind, Name = "" };

    private void Forget()
    {
        var now = EngineClock.At(clock);
        while (_ended.TryPeek(out var gone) && gone.At + CallTraceLimits.Afterglow <= now)
        {
            _ended.Dequeue();
            if (!_calls.Remove(gone.Leg, out var call)) continue;
            foreach (string callId in call.CallIds) _dialogs.Remove(callId);
        }
        while (_unclaimedOrder.TryPeek(out var old) && old.At + CallTraceLimits.UnclaimedLife <= now)
        {
            _unclaimedOrder.Dequeue();
            _unclaimed.Remove(old.CallId);
        }
    }

    private enum NoteKind { Sent, Received, Began, Command, Said, Ended }

    private readonly record struct Note
    {
        public required NoteKind Kind { get; init; }
        public required Instant At { get; init; }
        public ReadOnlyMemory<byte> Bytes { get; init; }
        public SipFlow Flow { get; init; }
        public LegFacts? Facts { get; init; }
        public LegId Leg { get; init; }
        /// <summary>The Call-ID of a dialog, the name of a command, a sentence.</summary>
        public string? Text { get; init; }
        public string? CommandId { get; init; }
        public Refusal Refusal { get; init; }
    }

    private sealed class Call(LegId leg, TenantId tenant, bool showsDigits, WallTie tie)
    {
        private IPEndPoint? _remote;
        private string _remoteText = "";

        public LegId Leg => leg;
        public TenantId Tenant => tenant;
        public bool ShowsDigits => showsDigits;
        public WallTie Tie => tie;
        public List<string> CallIds { get; } = [];
        public int Entries { get; set; }
        public int Bytes { get; set; }
        public bool IsFull { get; set; }

        /// <summary>As a rule it is the one of the message before.</summary>
        public string TextOf(IPEndPoint remote)
        {
            if (!remote.Equals(_remote)) (_remote, _remoteText) = (remote, remote.ToString());
            return _remoteText;
        }
    }
}
