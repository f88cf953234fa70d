using Ringwright.Core;

namespace Ringwright.Calls.Texts.Smpp;

/// <summary>How a session with a centre is held.</summary>
public sealed record SmppTerms
{
    public required SmppBind Bind { get; init; }
    public SmppBindKind Kind { get; init; }
    /// <summary>Messages that may be without an answer at one time.</summary>
    public required int Window { get; init; }
    /// <summary>Messages in a second.</summary>
    public required double Rate { get; init; }
    public TimeSpan BindLimit { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(30);
    /// <summary>Nothing hangs on the answer to a good-bye.</summary>
    public TimeSpan UnbindLimit { get; init; } = TimeSpan.FromSeconds(1);
    /// <summary>After so long a silence the centre is asked whether it is there; two questions without an answer end the session.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>
/// One bind with a centre, as the client: bytes and moments in, bytes and news out. It begins when the connection is
/// there and is of no more use when it is closed. It does no I/O and remembers nothing for the next one.
/// </summary>
public sealed class SmppSession
{
    /// <summary>Lost messages whose answer is still waited for; behind so many the oldest is forgotten.</summary>
    private const int MostLost = 1_000;
    private const uint LastSequence = 0x7FFFFFFF;
    private const int MostUnansweredLinks = 2;
    private static readonly TimeSpan FirstThrottle = TimeSpan.FromSeconds(1), FirstFull = TimeSpan.FromSeconds(5);

    private enum Stage { Binding, Bound, Unbinding, Closed }

    private readonly SmppTerms _terms;
    private readonly SmppPace _pace;
    private readonly SmppFrames _frames = new();
    private readonly Queue<SmppNews> _news = new();
    private readonly List<byte> _output = [];
    /// <summary>By sequence, in the order in which they went.</summary>
    private readonly OrderedDictionary<uint, Waiting> _window = new();
    private readonly OrderedDictionary<uint, long> _lost = new();
    private Stage _stage = Stage.Binding;
    private uint _sequence;
    private Instant _stageEnds, _linkDue, _boundAt;
    private string? _whyLeft;
    private int _openLinks;

    public SmppSession(SmppTerms terms, Instant now)
    {
        (_terms, _pace, _stageEnds, _linkDue) = (terms, new(terms.Rate, now), now + terms.BindLimit, Instant.Never);
        Send(new(terms.Kind switch
        {
            SmppBindKind.Transmitter => SmppCommand.BindTransmitter,
            SmppBindKind.Receiver => SmppCommand.BindReceiver,
            _ => SmppCommand.BindTransceiver,
        }, 0, NextSequence(), terms.Bind.ToBody()));
    }

    public bool IsBound => _stage is Stage.Bound;
    public bool IsClosed => _stage is Stage.Closed;
    /// <summary>Messages without an answer so far.</summary>
    public int UnderWay => _window.Count;
    public double Rate => _pace.Rate;
    /// <summary>The centre has asked for a pause that lasts till then.</summary>
    public Instant PausedUntil => _pace.PausedUntil;

    /// <summary>How many messages may be submitted now.</summary>
    public int Free(Instant now) => IsBound ? Math.Max(0, Math.Min(_terms.Window - _window.Count, _pace.Free(now))) : 0;

    /// <summary>When <see cref="Tick"/> has something to do, or the next message may go.</summary>
    public Instant NextDue(Instant now)
    {
        var due = Instant.Min(_stageEnds, _linkDue);
        if (_window.Count > 0) due = Instant.Min(due, _window.GetAt(0).Value.At + _terms.AnswerLimit);
        return IsBound && _window.Count < _terms.Window && _pace.NextFree(now) is var free && free > now ? Instant.Min(due, free) : due;
    }

    public bool TryTake(out SmppNews? news) => _news.TryDequeue(out news);

    /// <summary>Bytes for the centre; they are given once.</summary>
    public byte[] TakeOutput()
    {
        byte[] bytes = [.. _output];
        _output.Clear();
        return bytes;
    }

    /// <param name="ticket">Names the message in the news of it.</param>
    /// <exception cref="InvalidOperationException">Nothing is <see cref="Free"/>.</exception>
    public void Submit(long ticket, SmppMessage message, Instant now)
    {
        if (!IsBound || _window.Count >= _terms.Window) throw new InvalidOperationException("The window is full, or nothing is bound.");
        uint sequence = NextSequence();
        _pace.Take();
        _window.Add(sequence, new(ticket, now));
        Send(new(SmppCommand.SubmitSm, 0, sequence, message.ToBody()));
    }

    /// <summary>Answers what came.</summary>
    public void Acknowledge(SmppPdu request, uint status) =>
        Send(request.Reply(status, status == SmppStatus.Ok ? SmppBind.NameBody("") : default));

    /// <summary>Says good-bye. What is still without an answer is told as closed when the centre has said so too.</summary>
    public void Unbind(Instant now)
    {
        if (_stage is not Stage.Bound) return;
        (_stage, _stageEnds) = (Stage.Unbinding, now + _terms.UnbindLimit);
        Send(new(SmppCommand.Unbind, 0, NextSequence(), default));
    }

    /// <summary>The connection is gone.</summary>
    public void Lose(string why) => Close(why);

    public void Receive(ReadOnlySpan<byte> bytes, Instant now)
    {
        if (IsClosed) return;
        _frames.Add(bytes);
        _openLinks = 0;
        if (_linkDue != Instant.Never) _linkDue = now + _terms.Quiet;
        while (!IsClosed)
        {
            var frame = _frames.Take(out var pdu);
            if (frame is SmppFrame.None) return;
            if (pdu is not null)
            {
                Take(pdu, now);
                continue;
            }
            Send(new(SmppCommand.GenericNack, SmppStatus.BadLength, 0, default));
            Close("it sent a PDU of a length that none has");
        }
    }

    public void Tick(Instant now)
    {
        if (IsClosed) return;
        while (_window.Count > 0 && _window.GetAt(0) is var (sequence, waiting) && now - waiting.At >= _terms.AnswerLimit)
        {
            _window.RemoveAt(0);
            if (_lost.Count >= MostLost) _lost.RemoveAt(0);
            _lost[sequence] = waiting.Ticket;
            _news.Enqueue(new SmppNews.Unanswered(waiting.Ticket));
        }
        if (_stage is not Stage.Bound && now >= _stageEnds)
        {
            Close(_stage is Stage.Binding ? "it did not answer the bind" : "it did not answer the unbind");
            return;
        }
        if (now < _linkDue) return;
        if (_openLinks >= MostUnansweredLinks)
        {
            Close("it did not answer whether it is there");
            return;
        }
        _openLinks++;
        _linkDue = now + _terms.AnswerLimit;
        Send(new(SmppCommand.EnquireLink, 0, NextSequence(), default));
    }

    private void Take(SmppPdu pdu, Instant now)
    {
        switch (pdu.Command)
        {
            case SmppCommand.BindTransceiverResp or SmppCommand.BindTransmitterResp or SmppCommand.BindReceiverResp
                when _stage is Stage.Binding:
                TakeBind(pdu, now);
                break;
            case SmppCommand.GenericNack when _stage is Stage.Binding:
                Close($"it refused the bind: {SmppStatus.Text(pdu.Status)}", pdu.Status);
                break;
            case SmppCommand.SubmitSmResp or SmppCommand.GenericNack:
                TakeAnswer(pdu, now);
                break;
            case SmppCommand.DeliverSm or SmppCommand.DataSm:
                TakeMessage(pdu);
                break;
            case SmppCommand.EnquireLink:
                Send(pdu.Reply(SmppStatus.Ok));
                break;
            case SmppCommand.Unbind:
                Send(pdu.Reply(SmppStatus.Ok));
                Close("it has unbound");
                break;
            case SmppCommand.UnbindResp when _stage is Stage.Unbinding:
                Close("unbound");
                break;
            case SmppCommand.AlertNotification:
                break;
            default:
                // An answer to nothing changes nothing; a request that a client does not get is refused.
                if (!pdu.IsAnswer) Send(new(SmppCommand.GenericNack, SmppStatus.BadCommand, pdu.Sequence, default));
                break;
        }
    }

    private void TakeBind(SmppPdu pdu, Instant now)
    {
        if (pdu.Status != SmppStatus.Ok)
        {
            Close($"it refused the bind: {SmppStatus.Text(pdu.Status)}", pdu.Status);
            return;
        }
        (_stage, _stageEnds, _linkDue, _boundAt) = (Stage.Bound, Instant.Never, now + _terms.Quiet, now);
        _news.Enqueue(new SmppNews.Bound(SmppBind.ReadName(pdu.Body.Span)));
    }

    /// <summary>A second answer to one message, and one to nothing, find nothing here.</summary>
    private void TakeAnswer(SmppPdu pdu, Instant now)
    {
        long ticket;
        if (_window.Remove(pdu.Sequence, out var waiting)) ticket = waiting.Ticket;
        else if (!_lost.Remove(pdu.Sequence, out ticket)) return;
        if (pdu.Status is SmppStatus.Throttled) _pace.Throttle(now, FirstThrottle);
        else if (pdu.Status is SmppStatus.QueueFull) _pace.Throttle(now, FirstFull);
        uint status = pdu.Status is SmppStatus.Ok && pdu.Command is SmppCommand.GenericNack ? SmppStatus.SystemError : pdu.Status;
        _news.Enqueue(new SmppNews.Answered(ticket, status, SmppBind.ReadName(pdu.Body.Span)));
        // It has forgotten the bind, and refuses all that goes by it: others are under way, whose answers are waited for. A young bind is
        // refused for another reason, and a new one would not help.
        if (status is not SmppStatus.WrongBindState || !IsBound || now - _boundAt < _terms.Quiet) return;
        _whyLeft = "it does not know any more that it is bound";
        Unbind(now);
    }

    private void TakeMessage(SmppPdu pdu)
    {
        // A centre keeps what it brings by the wrong bind, and brings it by the other one.
        if (_stage is Stage.Binding || _terms.Kind is SmppBindKind.Transmitter) Send(pdu.Reply(SmppStatus.WrongBindState));
        else if (SmppMessage.Read(pdu.Command, pdu.Body.Span) is { } message) _news.Enqueue(new SmppNews.Came(pdu, message));
        else Send(pdu.Reply(SmppStatus.BadTlvs));
    }

    private void Close(string why, uint? bindStatus = null)
    {
        if (IsClosed) return;
        _stage = Stage.Closed;
        foreach (var (_, waiting) in _window) _news.Enqueue(new SmppNews.Unanswered(waiting.Ticket));
        _window.Clear();
        _news.Enqueue(new SmppNews.Closed(_whyLeft ?? why, bindStatus));
    }

    private uint NextSequence() => _sequence = _sequence >= LastSequence ? 1 : _sequence + 1;

    private void Send(SmppPdu pdu)
    {
        if (!IsClosed) _output.AddRange(pdu.ToBytes());
    }

    private readonly record struct Waiting(long Ticket, Instant At);
}
