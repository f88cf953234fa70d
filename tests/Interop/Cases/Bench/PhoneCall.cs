using System.Net;
using System.Text;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>One call of a <see cref="Phone"/>, from either side.</summary>
internal sealed class PhoneCall : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Phone _phone;
    private readonly EndPoint? _peer;
    private readonly string _localTag = Guid.NewGuid().ToString("N")[..10];
    private readonly List<int> _statuses = [];
    private readonly List<SipText> _requests = [];
    private readonly bool _isCaller;
    private readonly string _inviteBranch = NewBranch();
    private string _local;
    private string _remote;
    private string _remoteTarget;
    private string _lastAnswer = "";
    /// <summary>Of each of our requests.</summary>
    private string _header = "";
    private int _sequence = 1;

    private PhoneCall(Phone phone, string callId, bool isCaller, string local, string remote, string target,
        SipText? invite, EndPoint? peer)
    {
        (_phone, CallId, _isCaller, _local, _remote, _remoteTarget, _peer) = (phone, callId, isCaller, local, remote, target, peer);
        if (invite is not null) Offer = invite;
    }

    public string CallId { get; }

    /// <summary>Value of a Replaces header that names this call, which came in, to the node.</summary>
    public string Replaceable => $"{CallId};to-tag={Offer.FromTag};from-tag={_localTag}";

    public PhoneAudio Audio { get; } = new();

    /// <summary>The INVITE that came in; a later one takes its place (<see cref="InvitesAgainAsync"/>).</summary>
    public SipText Offer { get; private set; } = SipText.Parse(""u8);

    /// <summary>Status codes of the answers to our INVITE, each once, in order.</summary>
    public IReadOnlyList<int> Statuses
    {
        get
        {
            lock (_gate) return [.. _statuses];
        }
    }

    public static PhoneCall Outgoing(Phone phone, string to, string from, string? header = null)
    {
        string id = Guid.NewGuid().ToString("N") + "@test";
        return new(phone, id, true, from, $"<{to}>", to, null, null) { _header = header is null ? "" : header + "\r\n" };
    }

    public static PhoneCall Incoming(Phone phone, SipText invite, EndPoint source) =>
        new(phone, invite["Call-ID"], false, invite["To"], invite["From"], invite.Contact, invite, source);

    // -- as the caller

    public void Invite()
    {
        _local += $";tag={_localTag}";
        Send(Request("INVITE", _inviteBranch, _sequence, Audio.Describe(telephoneEvent: PhoneAudio.DefaultEventType)));
    }

    /// <summary>The same datagram again, as over a lossy line.</summary>
    public void RepeatInvite() => Send(Request("INVITE", _inviteBranch, _sequence, Audio.Describe(PhoneAudio.DefaultEventType)));

    public void Cancel() => Send(Request("CANCEL", _inviteBranch, 1));

    public Task ReachesAsync(int status) =>
        Eventually.TrueAsync(() => Statuses.Contains(status), $"the caller gets {status}; it got {string.Join(", ", Statuses)}");

    // -- as the callee

    public void Ring() => Answer(180, "Ringing");

    public void Accept()
    {
        Audio.Follow(Offer.Body);
        Answer(200, "OK", Audio.Describe(PhoneAudio.EventTypeOf(Offer.Body)));
    }

    /// <summary>The last answer again, as over a lossy line.</summary>
    public void RepeatAnswer() => Send(_lastAnswer);

    /// <summary>Answers 200 and waits for the ACK.</summary>
    public async Task AcceptAsync()
    {
        Accept();
        await ReceivesAsync("ACK");
    }

    /// <summary>Refuses and waits for the ACK.</summary>
    public async Task RefuseAsync(int status, params string[] headers)
    {
        Answer(status, "No", more: headers);
        await ReceivesAsync("ACK");
    }

    /// <summary>A further INVITE of the same call, which the answers now are for.</summary>
    public async Task<SipText> InvitesAgainAsync()
    {
        var again = await ReceivesAsync("INVITE");
        Offer = again;
        return again;
    }

    // -- either

    public void Bye() => Send(Request("BYE", NewBranch(), ++_sequence));

    public async Task<SipText> ReceivesAsync(string method) =>
        await Eventually.SomeAsync(() => ValueTask.FromResult(Received(method).FirstOrDefault()), $"the phone receives {method}");

    /// <summary>
    /// Says something until the other hears that, and not the rest of something else: those who are joined are told so by another way than
    /// they begin to hear.
    /// </summary>
    public async Task SpeaksToAsync(PhoneCall other) => await Eventually.SomeAsync(async () =>
    {
        int position = other.Audio.Position;
        Audio.Say(440, 200);
        await Audio.SaidAsync();
        return other.Audio.Heard(position).MillisOf(440) > 100 ? other : null;
    }, "one hears the other");

    /// <summary>Requests of that method within this call; repetitions of a datagram count once.</summary>
    public IReadOnlyList<SipText> Received(string method)
    {
        lock (_gate) return [.. _requests.Where(r => r.Method == method).DistinctBy(r => r.Branch)];
    }

    public void OnResponse(SipText answer)
    {
        if (answer.Method != "INVITE") return;
        bool isNew;
        lock (_gate)
        {
            isNew = !_statuses.Contains(answer.Status);
            if (isNew) _statuses.Add(answer.Status);
        }
        if (answer.Status < 200) return;
        if (answer.Status >= 300)
        {
            Send(Request("ACK", _inviteBranch, 1, to: answer["To"]));
            return;
        }
        _remote = answer["To"];
        _remoteTarget = answer.Contact;
        Send(Request("ACK", NewBranch(), 1));
        if (isNew) Audio.Follow(answer.Body);
    }

    public void OnRequest(SipText request)
    {
        if (request.Method == "INVITE" && request.Branch == Offer.Branch)
        {
            if (_lastAnswer.Length > 0) Send(_lastAnswer);
            return;
        }
        lock (_gate) _requests.Add(request);
        switch (request.Method)
        {
            case "INVITE":
                break;      // the script answers it
            case "CANCEL":
                Send(Response(request, 200, "OK"));
                Answer(487, "Request Terminated");
                break;
            case "ACK":
                break;
            case "BYE":
                Audio.Stop();
                Send(Response(request, 200, "OK"));
                break;
            case "INFO":
                Send(Response(request, 200, "OK"));
                break;
            default:
                Send(Response(request, 501, "Not Implemented"));
                break;
        }
    }

    private void Answer(int status, string reason, string body = "", params string[] more)
    {
        _lastAnswer = Response(Offer, status, reason, body, more);
        Send(_lastAnswer);
    }

    private string Request(string method, string branch, int sequence, string body = "", string? to = null) => Finish(new StringBuilder()
        .Append($"{method} {_remoteTarget} SIP/2.0\r\n")
        .Append($"Via: SIP/2.0/UDP {_phone.Place};branch={branch};rport\r\n")
        .Append("Max-Forwards: 70\r\n")
        .Append($"From: {(_isCaller ? _local : $"{_local};tag={_localTag}")}\r\n")
        .Append($"To: {to ?? _remote}\r\n")
        .Append($"Call-ID: {CallId}\r\n")
        .Append($"CSeq: {sequence} {method}\r\n{_header}"), body);

    private string Response(SipText request, int status, string reason, string body = "", params string[] more)
    {
        var text = new StringBuilder($"SIP/2.0 {status} {reason}\r\n");
        foreach (string via in request.All("Via")) text.Append($"Via: {via}\r\n");
        foreach (string route in request.All("Record-Route")) text.Append($"Record-Route: {route}\r\n");
        text.Append($"From: {request["From"]}\r\n");
        text.Append($"To: {request["To"]}{(status > 100 && request.ToTag.Length == 0 ? $";tag={_localTag}" : "")}\r\n");
        text.Append($"Call-ID: {CallId}\r\nCSeq: {request["CSeq"]}\r\n");
        foreach (string header in more) text.Append($"{header}\r\n");
        return Finish(text, body);
    }

    private string Finish(StringBuilder head, string body)
    {
        head.Append($"Contact: <sip:phone@{_phone.Place}>\r\n");
        if (body.Length > 0) head.Append("Content-Type: application/sdp\r\n");
        return head.Append($"Content-Length: {body.Length}\r\n\r\n{body}").ToString();
    }

    private void Send(string text) => _phone.Send(text, _peer);

    private static string NewBranch() => "z9hG4bK" + Guid.NewGuid().ToString("N");

    public void Dispose() => Audio.Dispose();
}
