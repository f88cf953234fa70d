using System.Text.RegularExpressions;
using Ringwright.Core;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Simulation;

/// <summary>
/// A busy lamp of a phone: SUBSCRIBE with digest, refreshed at half its time, anew when the node knows of none; shows what NOTIFYs say.
/// </summary>
internal sealed class PhoneLamp(SimWorld world, SimPhone phone, TransactionLayer layer, string password)
{
    private const int Seconds = 120;
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private readonly DigestClient _credentials = new(phone.Number, password, phone.Rng);
    private readonly string _tag = layer.Tokens.Tag();
    private string _callId = layer.Tokens.CallId();
    private (ClientTransactionId Transaction, SipRequest Request)? _open;
    private string? _to, _whom;
    private uint _cseq;
    private int _version = -1;
    private bool _isWanted;

    /// <summary>States of the colleague's calls, as it was told last; null before.</summary>
    public IReadOnlyList<string>? Shows { get; private set; }
    /// <summary>All that it showed.</summary>
    public List<string> Seen { get; } = [];
    /// <summary>The node has a subscription, as far as the phone knows.</summary>
    public bool IsOn => _to is not null;
    public Instant NextDue { get; private set; } = Instant.Never;

    public void Watch(string user)
    {
        phone.Note($"watches {user}");
        (_whom, _isWanted, NextDue) = (user, true, world.Now);
    }

    public void Unwatch()
    {
        phone.Note("watches no more");
        (_isWanted, NextDue) = (false, world.Now);
    }

    /// <summary>The phone forgets about it.</summary>
    public void Neglect() => (_isWanted, _to, NextDue) = (false, null, Instant.Never);

    public void OnDue()
    {
        NextDue = Instant.Never;
        if (_open is not null) NextDue = world.Now + Retry / 10;
        else if (_isWanted || IsOn) Send();
    }

    public void OnResponse(ClientTransactionId transaction, SipResponse response)
    {
        if (_open is not { } open || open.Transaction != transaction || response.IsProvisional) return;
        _open = null;
        if (response.Status == 401 && _credentials.Learn(response, open.Request) is DigestOutcome.TryAgain) Send();
        else if (response.IsSuccess && _isWanted)
        {
            _to = response.First(SipHeader.To).AsText();
            NextDue = Instant.Min(NextDue, world.Now + TimeSpan.FromSeconds(Seconds) / 2);
        }
        else if (response.IsSuccess) _to = null;
        else if (response.Status == 481) Forget();
        else throw new SimulationException($"the node refuses a SUBSCRIBE with {response.Status}");
    }

    public void OnTimeout(ClientTransactionId transaction)
    {
        if (_open?.Transaction != transaction) return;
        _open = null;
        if (_isWanted) NextDue = Instant.Min(NextDue, world.Now + Retry);
        else _to = null;
    }

    /// <summary>A NOTIFY of its subscription. False when it is about something else.</summary>
    public bool TryNotify(TransactionOutput.RequestReceived received)
    {
        var request = received.Request;
        if (request.Method is not SipMethod.Notify || request.CallId.AsText() != _callId || request.To.Tag.AsText() != _tag) return false;
        layer.Respond(received.Transaction, 200, world.Now);
        string body = request.Body.AsText();
        int version = int.Parse(Regex.Match(body, "version=\"(\\d+)\"").Groups[1].Value);
        if (version <= _version) throw new SimulationException($"a lamp is told version {version} behind {_version}");
        _version = version;
        Shows = [.. Regex.Matches(body, "<state>(\\w+)</state>").Select(match => match.Groups[1].Value)
            .Where(state => state != "terminated")];
        Seen.AddRange(Shows);
        if (request.First(SipHeader.SubscriptionState).AsText().StartsWith("terminated", StringComparison.Ordinal)) Forget();
        return true;
    }

    private void Forget()
    {
        (_to, _version, _cseq, _callId) = (null, -1, 0, layer.Tokens.CallId());
        if (_isWanted) NextDue = Instant.Min(NextDue, world.Now + Retry);
    }

    private void Send()
    {
        string uri = $"sip:{_whom}@{world.NodeAddress}";
        var request = new SipRequestBuilder(SipMethod.Subscribe, uri)
            .Add(SipHeader.From, $"<sip:{phone.Number}@{world.NodeAddress}>;tag={_tag}")
            .Add(SipHeader.To, _to ?? $"<{uri}>")
            .Add(SipHeader.CallId, _callId)
            .Add(SipHeader.CSeq, $"{++_cseq} SUBSCRIBE")
            .Add(SipHeader.Contact, $"<sip:{phone.Number}@{phone.Address}>")
            .Add(SipHeader.Event, "dialog")
            .Add(SipHeader.Expires, $"{(_isWanted ? Seconds : 0)}");
        _credentials.Authorize(request, "SUBSCRIBE", uri);
        var built = request.Build();
        _open = (layer.SendRequest(built, SipFlow.Udp(world.Node.Address), world.Now), built);
    }
}
