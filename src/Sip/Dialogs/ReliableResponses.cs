using Ringwright.Core;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Sip.Dialogs;

/// <summary>
/// The reliable provisional responses of one INVITE, called side (RFC 3262 §3):
/// one at a time, each repeated until its PRACK comes; the next ones wait.
/// </summary>
internal sealed class ReliableResponses
{
    /// <summary>The response wants a PRACK (RFC 3262 §3).</summary>
    public static bool IsReliable(SipResponse response, out uint number)
    {
        number = 0;
        return response.Lists(SipHeader.Require, "100rel"u8)
            && Grammar.TryNumber(response.First(SipHeader.RSeq), uint.MaxValue, out number);
    }

    private readonly TransactionLayer _layer;
    private readonly ServerTransactionId _transaction;
    private readonly SipRequest _invite;
    private readonly Queue<(SipResponseBuilder Response, bool IsDescription)> _waiting = new();
    private SipResponse? _sent;
    private bool _isDescription;
    private uint _number;
    private Instant _repeat = Instant.Never;
    private Instant _giveUp = Instant.Never;
    private TimeSpan _interval;

    public ReliableResponses(TransactionLayer layer, ServerTransactionId transaction, SipRequest invite)
    {
        (_layer, _transaction, _invite) = (layer, transaction, invite);
        // §3 wants the first number to be hard to guess; the tag already is.
        foreach (char letter in invite.LocalTag) _number = (_number * 31 + letter) & 0x3FFF_FFFF;
    }

    public Instant NextDue => Instant.Min(_repeat, _giveUp);

    /// <summary>One with a session description has no PRACK yet, or waits behind one: no 2xx before that (§3).</summary>
    public bool HoldsAnswer => _sent is not null && (_isDescription || _waiting.Any(one => one.IsDescription));

    public void Send(SipResponseBuilder response, bool isDescription, Instant now)
    {
        _waiting.Enqueue((response, isDescription));
        SendNext(now);
    }

    /// <summary>The one that waits longest, unless another is still unacknowledged.</summary>
    public void SendNext(Instant now)
    {
        if (_sent is not null || !_waiting.TryDequeue(out var next)) return;
        _isDescription = next.IsDescription;
        _sent = next.Response.Add(SipHeader.Require, "100rel").Add(SipHeader.RSeq, $"{++_number}").Build();
        _interval = _layer.Settings.T1;
        _repeat = now + _interval;
        _giveUp = now + _layer.Settings.Lifetime;
        _layer.Respond(_transaction, _sent, now);
    }

    /// <summary>
    /// False when it acknowledges nothing that waits for it: 481. The number of the INVITE in it says nothing more: behind a proxy that
    /// answers challenges in the caller's place it is another one.
    /// </summary>
    public bool HandlePrack(SipRequest prack)
    {
        if (_sent is null || RAck.TryParse(prack.First(SipHeader.RAck), out var rack) is not ParseStatus.Ok) return false;
        if (rack.Response != _number || !rack.Method.SequenceEqual(_invite.MethodName)) return false;
        Settle();
        return true;
    }

    /// <summary>True once, when no PRACK came within 64*T1.</summary>
    public bool HandleDue(Instant now)
    {
        if (_giveUp <= now)
        {
            Stop();
            Settle();
            return true;
        }
        if (_repeat <= now && _sent is { } response)
        {
            _layer.Respond(_transaction, response, now);
            // §3 doubles without a bound.
            _interval *= 2;
            _repeat = now + _interval;
        }
        return false;
    }

    /// <summary>A final response has been sent: nothing is repeated any more, but the PRACK under way is still one of ours.</summary>
    public void Stop()
    {
        _repeat = _giveUp = Instant.Never;
        _waiting.Clear();
    }

    private void Settle()
    {
        _sent = null;
        _repeat = _giveUp = Instant.Never;
    }
}
