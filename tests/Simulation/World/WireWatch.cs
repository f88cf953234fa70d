using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Messages;

namespace Ringwright.Simulation;

/// <summary>
/// Reads every SIP message at the node's listener and checks what must hold on the wire: CSeq rises, no INVITE and no 180 before the leg is
/// committed, a 2xx of ours is repeated until ACK or BYE, a 2xx to us is acknowledged as soon as the row of the answer can be there.
/// </summary>
internal sealed class WireWatch(LegWatch legs, SimLedger ledger)
{
    // T2 and 64*T1 (RFC 3261 §17.1.2.2, §13.3.1.4), and a little for two instants in one turn.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4.05), Lifetime = TimeSpan.FromSeconds(32),
        LittleWhile = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<string, string> _calls = [];
    private readonly Dictionary<(string Call, string Tag), (long Number, HashSet<string> Branches)> _sequences = [];
    private readonly Dictionary<(string Call, uint Number), Answer> _answers = [];
    private readonly HashSet<(string Call, uint Number)> _answered = [];
    private readonly Dictionary<string, Invite> _invites = [];
    private readonly Dictionary<(string Call, uint Number, string Tag), Instant> _owedAcks = [];

    /// <summary>When <see cref="Check"/> can find the next fault.</summary>
    public Instant NextDue
    {
        get
        {
            var next = Instant.Never;
            foreach (var answer in _answers.Values) next = Instant.Min(next, answer.LastAt + LongestPause);
            foreach (var due in _owedAcks.Values) next = Instant.Min(next, due);
            return next;
        }
    }

    public void OnSent(ReadOnlyMemory<byte> datagram, Instant now)
    {
        SipParser.TryParse(datagram.Span, out var message);
        if (message is SipRequest request) OnRequestSent(request, now);
        else if (message is SipResponse response) OnResponseSent(response, now);
        else throw new SimulationException($"the node sent {MessageLog.FirstLine(datagram)}");
    }

    public void OnReceived(ReadOnlyMemory<byte> datagram, Instant now)
    {
        SipParser.TryParse(datagram.Span, out var message);
        if (message is SipRequest request)
        {
            string call = request.CallId.AsText();
            if (request.Method is SipMethod.Invite && request.IsOutsideDialog) Name(request);
            else if (request.Method is SipMethod.Ack) _answers.Remove((call, request.CSeq.Number));
            else if (request.Method is SipMethod.Bye) Forget(call);
        }
        else if (message is SipResponse response && response.CSeq.Method.SequenceEqual("INVITE"u8)) OnInviteResponse(response, now);
    }

    public void Check(Instant now)
    {
        foreach (var ((call, number, tag), due) in _owedAcks)
            if (due <= now) throw new SimulationException($"a 2xx to INVITE {number} of call {call}, tag {tag}, was not acknowledged");
        foreach (var ((call, number), answer) in _answers)
            if (now - answer.LastAt > LongestPause)
                throw new SimulationException($"the 2xx to INVITE {number} of call {call} is neither repeated nor given up by BYE");
    }

    private void OnRequestSent(SipRequest request, Instant now)
    {
        string call = request.CallId.AsText();
        switch (request.Method)
        {
            case SipMethod.Ack:
                _owedAcks.Remove((call, request.CSeq.Number, request.To.Tag.AsText()));
                return;
            case SipMethod.Cancel:
                if (_invites.TryGetValue(request.TopVia.Branch.AsText(), out var cancelled)) cancelled.CancelledAt ??= now;
                return;
            case SipMethod.Invite:
                if (request.IsOutsideDialog && !legs.IsCommitted(Name(request), Direction.Outbound))
                    throw new SimulationException("an INVITE leaves before its LegInitiated is committed");
                _invites.TryAdd(request.TopVia.Branch.AsText(), new(now));
                break;
            case SipMethod.Bye:
                Forget(call);
                break;
        }
        // Each fork of a call has a sequence of its own, which begins above the INVITE that made them all.
        string branch = request.TopVia.Branch.AsText(), from = request.From.Tag.AsText();
        // That of a peer without tags is its own too.
        string first = "INVITE " + from;
        var key = (call, request.Method is SipMethod.Invite && request.IsOutsideDialog ? first : from + request.To.Tag.AsText());
        if (!_sequences.TryGetValue(key, out var sequence))
            sequence = (_sequences.TryGetValue((call, first), out var invite) ? invite.Number : -1, []);
        if (!sequence.Branches.Add(branch)) return;
        if (request.CSeq.Number <= sequence.Number)
            throw new SimulationException($"CSeq {request.CSeq.Number} follows {sequence.Number} in call {call}");
        _sequences[key] = (request.CSeq.Number, sequence.Branches);
    }

    private void OnResponseSent(SipResponse response, Instant now)
    {
        if (!response.CSeq.Method.SequenceEqual("INVITE"u8)) return;
        string call = response.CallId.AsText();
        if (response.Status == 180 && !(_calls.TryGetValue(call, out string? name) && legs.IsCommitted(name, Direction.Inbound)))
            throw new SimulationException("a 180 leaves before the leg is committed");
        if (!response.IsSuccess) return;
        var key = (call, response.CSeq.Number);
        if (_answers.TryGetValue(key, out var answer)) answer.LastAt = now;
        else if (_answered.Add(key)) _answers[key] = new() { LastAt = now };
    }

    /// <summary>
    /// The transaction lives while 64*T1 have not passed since its start, its CANCEL or its first 2xx; what comes later is a stray.
    /// </summary>
    private void OnInviteResponse(SipResponse response, Instant now)
    {
        if (!_invites.TryGetValue(response.TopVia.Branch.AsText(), out var invite)) return;
        bool isOver = invite.SucceededAt is { } succeeded ? now >= succeeded + Lifetime
            : invite.CancelledAt is { } cancelled ? now >= cancelled + Lifetime
            : !invite.HasProvisional && now >= invite.SentAt + Lifetime;
        isOver |= invite.HasFailed;
        if (response.IsProvisional) invite.HasProvisional |= !isOver;
        else if (!response.IsSuccess) invite.HasFailed |= invite.SucceededAt is null;
        else if (!isOver)
        {
            invite.SucceededAt ??= now;
            _owedAcks.TryAdd((response.CallId.AsText(), response.CSeq.Number, response.To.Tag.AsText()), ledger.ToldBy + LittleWhile);
        }
    }

    private string Name(SipRequest invite)
    {
        string name = invite.First("X-Sim-Call"u8).AsText();
        _calls[invite.CallId.AsText()] = name;
        return name;
    }

    private void Forget(string call)
    {
        foreach (var key in _answers.Keys.Where(k => k.Call == call).ToArray()) _answers.Remove(key);
    }

    private sealed class Answer
    {
        public Instant LastAt { get; set; }
    }

    private sealed class Invite(Instant sentAt)
    {
        public Instant SentAt { get; } = sentAt;
        public Instant? CancelledAt { get; set; }
        public Instant? SucceededAt { get; set; }
        public bool HasProvisional { get; set; }
        public bool HasFailed { get; set; }
    }
}
