using Ringwright.Core;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Simulation;

/// <summary>
/// A phone's registration with the node: REGISTER with digest, refreshed at half its time. One request at a time (RFC 3261 §10.2).
/// </summary>
internal sealed class PhoneRegistration(SimWorld world, SimPhone phone, TransactionLayer layer, string password)
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private readonly DigestClient _credentials = new(phone.Number, password, phone.Rng);
    private readonly string _callId = layer.Tokens.CallId(), _tag = layer.Tokens.Tag();
    private (ClientTransactionId Transaction, SipRequest Request)? _open;
    private uint _cseq;
    private int _seconds;

    /// <summary>The node has confirmed a binding and has not yet confirmed its end.</summary>
    public bool IsRegistered { get; private set; }
    /// <summary>Times that the node confirmed a binding.</summary>
    public int Confirmed { get; private set; }
    /// <summary>Times that the node asked for credentials.</summary>
    public int Challenges { get; private set; }
    public Instant NextDue { get; private set; } = Instant.Never;

    /// <summary>Registers for so long, again and again; with 0 the binding is taken back, once.</summary>
    public void Register(int seconds)
    {
        phone.Note($"registers for {seconds} s");
        (_seconds, NextDue) = (seconds, world.Now);
    }

    /// <summary>The phone forgets that its binding must be refreshed.</summary>
    public void Neglect() => (_seconds, NextDue) = (0, Instant.Never);

    public void OnDue()
    {
        NextDue = Instant.Never;
        if (_open is null) Send();
        else NextDue = world.Now + Retry / 10;
    }

    public void OnResponse(ClientTransactionId transaction, SipResponse response)
    {
        if (_open is not { } open || open.Transaction != transaction || response.IsProvisional) return;
        _open = null;
        if (response.Status == 401 && _credentials.Learn(response, open.Request) is DigestOutcome.TryAgain)
        {
            Challenges++;
            Send();
        }
        else if (!response.IsSuccess) throw new SimulationException($"the node refuses a REGISTER with {response.Status}");
        else if (Granted(response) is { } granted)
        {
            IsRegistered = true;
            Confirmed++;
            if (_seconds > 0) NextDue = Instant.Min(NextDue, world.Now + granted / 2);
        }
        else IsRegistered = false;
    }

    public void OnTimeout(ClientTransactionId transaction)
    {
        if (_open?.Transaction != transaction) return;
        _open = null;
        if (_seconds > 0) NextDue = Instant.Min(NextDue, world.Now + Retry);
        else IsRegistered = false;
    }

    /// <summary>What the node says of our own Contact; null when it is not among the bindings.</summary>
    private TimeSpan? Granted(SipResponse response)
    {
        foreach (var value in response.Values(SipHeader.Contact))
            if (NameAddress.TryParse(value, out var contact) is Sip.ParseStatus.Ok && contact.ParseUri().TryGetEndPoint(out var where)
                    && where.Equals(phone.Address) && contact.Parameters.TryFind("expires"u8, out var seconds))
                return TimeSpan.FromSeconds(int.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture));
        return null;
    }

    private void Send()
    {
        string host = $"sip:{world.NodeAddress}", us = $"<sip:{phone.Number}@{world.NodeAddress}>";
        var request = new SipRequestBuilder(SipMethod.Register, host)
            .Add(SipHeader.From, $"{us};tag={_tag}")
            .Add(SipHeader.To, us)
            .Add(SipHeader.CallId, _callId)
            .Add(SipHeader.CSeq, $"{++_cseq} REGISTER")
            .Add(SipHeader.Contact, $"<sip:{phone.Number}@{phone.Address}>")
            .Add(SipHeader.Expires, $"{_seconds}");
        _credentials.Authorize(request, "REGISTER", host);
        var built = request.Build();
        _open = (layer.SendRequest(built, SipFlow.Udp(world.Node.Address), world.Now), built);
    }
}
