using Ringwright.Core;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Sip.Dialogs;

public enum DialogState : byte { Early, Confirmed, Ended }

/// <summary>What to do with a request inside a dialog.</summary>
public enum DialogVerdict : byte
{
    Ok,
    /// <summary>An older CSeq than the last one: 500 (RFC 3261 §12.2.2).</summary>
    OutOfOrder,
    /// <summary>An INVITE while ours waits for its answer: 491 (§14.2).</summary>
    Glare,
    /// <summary>A second INVITE before the first is answered: 500 with Retry-After (§14.2).</summary>
    InviteInProgress,
}

/// <summary>
/// The state of one dialog (RFC 3261 §12), for either side. <see cref="OutgoingInvite"/> and <see cref="IncomingInvite"/> make and
/// confirm it. For any request inside: <see cref="CreateRequest"/>, add headers and body, <c>Build</c>, <c>TransactionLayer.SendRequest</c>
/// to <see cref="TryGetNextHop"/>. For any request received inside: <see cref="Receive"/> first.
/// </summary>
public sealed class Dialog
{
    /// <summary>Challenges of one call that a proxy may answer in our place.</summary>
    private const uint MostCountedOn = 4;

    private uint? _lastAck;

    private Dialog(DialogId id, bool isCaller, string localAddress, string remoteAddress, string localContact, string remoteTarget,
        uint localCSeq, uint? remoteCSeq, IReadOnlyList<string> routes) =>
        (Id, IsCaller, LocalAddress, RemoteAddress, LocalContact, RemoteTarget, LocalCSeq, RemoteCSeq, Routes) =
        (id, isCaller, localAddress, remoteAddress, localContact, TargetOf(remoteTarget), localCSeq, remoteCSeq, routes);

    public DialogId Id { get; }
    public DialogState State { get; private set; }
    /// <summary>True when the request that made the dialog was ours: then we own the Call-ID.</summary>
    public bool IsCaller { get; }
    public string LocalAddress { get; }
    public string RemoteAddress { get; }
    /// <summary>Contact value of our requests and responses.</summary>
    public string LocalContact { get; }
    public string RemoteTarget { get; private set; }
    public uint LocalCSeq { get; private set; }
    public uint? RemoteCSeq { get; private set; }
    /// <summary>The route set, in the order in which our requests carry it: each value as it stood in Record-Route, in brackets.</summary>
    public IReadOnlyList<string> Routes { get; private set; }

    /// <summary>An INVITE of ours has no final response yet.</summary>
    public bool HasOutgoingInvite { get; internal set; }
    /// <summary>An INVITE of the peer has no final response yet.</summary>
    public bool HasIncomingInvite { get; internal set; }
    /// <summary>Our 2xx to an INVITE of the peer has no ACK yet.</summary>
    public bool AwaitsAck { get; internal set; }
    /// <summary>A re-INVITE may be sent (§14.1).</summary>
    public bool CanInvite => State is DialogState.Confirmed && !HasOutgoingInvite && !HasIncomingInvite && !AwaitsAck;

    /// <summary>
    /// The caller's side (§12.1.2). Null when the response makes no dialog: 100, a failure, or a plain 1xx without To tag.
    /// What must be acknowledged makes one without tag too, as peers of RFC 2543 have it: the tag is then null.
    /// </summary>
    public static Dialog? OfResponse(SipRequest invite, SipResponse response)
    {
        if (response.Status is 100 or >= 300
            || response.To.Tag.IsEmpty && !response.IsSuccess && !ReliableResponses.IsReliable(response, out _)) return null;
        // A provisional response without Contact is common, and a 2xx without one (it must have it) can still
        // be hung up: the Request-URI is as good.
        string target = response.TryGetContact(out var contact) ? contact.Uri.AsText() : invite.RequestUri.AsText();
        var dialog = new Dialog(DialogId.Of(response), isCaller: true, WithoutTag(invite.From), WithoutTag(invite.To),
            invite.Text(SipHeader.Contact) ?? "", target, NumberOf(invite, response), null, RoutesOf(response, isReversed: true));
        if (response.IsSuccess) dialog.State = DialogState.Confirmed;
        return dialog;
    }

    /// <summary>
    /// The called side (§12.1.1), with the tag that the transaction layer put into <see cref="SipRequest.LocalTag"/>.
    /// Without a Contact, which it must have, the From URI is the target; null when that is no SIP URI either.
    /// </summary>
    /// <param name="localContact">A Contact value: <c>&lt;sip:host:port&gt;</c>.</param>
    public static Dialog? OfRequest(SipRequest request, string localContact)
    {
        if (!request.TryGetContact(out var target))
        {
            target = request.From;
            if (target.ParseUri() is not { IsSipOrSips: true, Headers.IsEmpty: true }) return null;
        }
        var id = new DialogId(request.CallId.AsText(), request.LocalTag, request.From.Tag.AsText());
        return new(id, isCaller: false, WithoutTag(request.To), WithoutTag(request.From), localContact, target.Uri.AsText(), 0,
            request.CSeq.Number, RoutesOf(request, isReversed: false));
    }

    /// <summary>How far the CSeq of a restored dialog leaps, for requests that were sent and not stored.</summary>
    public const uint RestoredLeap = 1000;

    /// <summary>A confirmed dialog from storage.</summary>
    public static Dialog Restore(DialogRecord stored) =>
        new(stored.Id, stored.IsCaller, stored.LocalAddress, stored.RemoteAddress, stored.LocalContact, stored.RemoteTarget,
            stored.LocalCSeq + RestoredLeap, stored.RemoteCSeq, stored.Routes)
        {
            State = DialogState.Confirmed,
        };

    public DialogRecord Capture() => new()
    {
        Id = Id,
        IsCaller = IsCaller,
        LocalAddress = LocalAddress,
        RemoteAddress = RemoteAddress,
        LocalContact = LocalContact,
        RemoteTarget = RemoteTarget,
        LocalCSeq = LocalCSeq,
        RemoteCSeq = RemoteCSeq,
        Routes = Routes,
    };

    /// <summary>A request inside the dialog, with the next CSeq, complete but for what is special to the method.</summary>
    public SipRequestBuilder CreateRequest(SipMethod method) => Create(method, ++LocalCSeq);

    /// <summary>The ACK for a 2xx: the CSeq and the credentials of its INVITE (§13.2.2.4).</summary>
    /// <param name="number">The CSeq by which the far end has the INVITE; null when it is our own.</param>
    public SipRequestBuilder CreateAck(SipRequest invite, uint? number = null)
    {
        var ack = Create(SipMethod.Ack, number ?? invite.CSeq.Number);
        foreach (var line in invite.Lines)
            if (line.Id is SipHeader.Authorization or SipHeader.ProxyAuthorization) ack.Add(line.Id, line.Value.AsText());
        return ack;
    }

    /// <summary>
    /// The number by which a far end has an INVITE of ours. A proxy that answers a challenge in our place counts one on, and not all of
    /// them take that back in the response; what else a response may say there is no number of that INVITE.
    /// </summary>
    internal static uint NumberOf(SipRequest invite, SipResponse response)
    {
        var (own, theirs) = (invite.CSeq.Number, response.CSeq.Number);
        return theirs > own && theirs - own <= MostCountedOn ? theirs : own;
    }

    /// <summary>
    /// The ACK of a 2xx of ours. It has the number of its INVITE (§17.1.1.3), but for callers whose proxy has counted on, and for those
    /// who give it the last number that they used: then it is the one without a number that an ACK of the dialog had before.
    /// </summary>
    internal bool TakeAck(uint number, uint invite)
    {
        if (number != invite && (!AwaitsAck || number <= _lastAck)) return false;
        _lastAck = number;
        return true;
    }

    /// <summary>Counts a CSeq that <see cref="SipRequestBuilder.Again"/> uses for a request of this dialog.</summary>
    public uint NextCSeq() => ++LocalCSeq;

    /// <summary>
    /// Checks a request that a peer sent inside the dialog and takes over its CSeq and, from INVITE and UPDATE, its Contact.
    /// </summary>
    public DialogVerdict Receive(SipRequest request)
    {
        uint number = request.CSeq.Number;
        if (number < RemoteCSeq) return DialogVerdict.OutOfOrder;
        RemoteCSeq = number;
        if (request.Method is SipMethod.Invite)
        {
            if (HasOutgoingInvite) return DialogVerdict.Glare;
            if (HasIncomingInvite) return DialogVerdict.InviteInProgress;
        }
        if (request.Method is SipMethod.Invite or SipMethod.Update) RefreshTarget(request);
        return DialogVerdict.Ok;
    }

    /// <summary>The answer that a verdict other than Ok wants.</summary>
    public static SipResponseBuilder Refuse(SipRequest request, DialogVerdict verdict, Rng rng) => verdict switch
    {
        DialogVerdict.Glare => new(request, 491),
        DialogVerdict.InviteInProgress => new SipResponseBuilder(request, 500).Add(SipHeader.RetryAfter, $"{rng.Next(11)}"),
        _ => new(request, 500, "CSeq Out Of Order"),
    };

    /// <summary>How long to wait before the re-INVITE that got 491 is sent again (§14.1): the owner of the Call-ID waits longer.</summary>
    public TimeSpan GlareDelay(Rng rng) => TimeSpan.FromMilliseconds(IsCaller ? 2_100 + 10 * rng.Next(191) : 10 * rng.Next(201));

    /// <summary>From the Contact of an INVITE or UPDATE inside the dialog, or of a 2xx to one (§12.2).</summary>
    public void RefreshTarget(SipMessage message)
    {
        if (message.TryGetContact(out var contact)) RemoteTarget = TargetOf(contact.Uri.AsText());
    }

    /// <summary>An earlier process may have sent requests here.</summary>
    internal void Leap() => LocalCSeq += RestoredLeap;

    public void End() => State = DialogState.Ended;

    /// <summary>The URI whose host our requests go to: the first route, else the remote target (§8.1.2).</summary>
    public string NextHop => Routes.Count == 0 ? RemoteTarget : UriOf(Routes[0]);

    /// <summary>
    /// The next hop when it is a literal address. Otherwise resolve <see cref="NextHop"/>, or send to where the peer's messages come from.
    /// </summary>
    /// <param name="known">The way by which the peer's messages come: what the URI leaves open is as there,
    /// and its connection serves the same host.</param>
    public bool TryGetNextHop(SipFlow known, out SipFlow hop)
    {
        hop = default;
        if (SipUri.TryParse(System.Text.Encoding.UTF8.GetBytes(NextHop), out var uri) is not ParseStatus.Ok
            || !uri.TryGetEndPoint(out var remote)) return false;
        if (!uri.TryGetTransport(out var transport)) transport = known.Transport;
        if (uri.Port is null) remote.Port = transport.DefaultPort();
        hop = new(transport, remote)
        {
            Id = transport == known.Transport && remote.Address.Equals(known.Peer?.Address) ? known.Id : FlowId.None,
            Network = known.Network,
        };
        return true;
    }

    /// <summary>§13.2.2.4: a 2xx sets the route set of its dialog anew.</summary>
    internal void Confirm(SipResponse answer)
    {
        if (State is DialogState.Early) Routes = RoutesOf(answer, isReversed: true);
        Confirm();
        RefreshTarget(answer);
    }

    /// <summary>An answer that crosses the end of its dialog does not revive it.</summary>
    internal void Confirm()
    {
        if (State is DialogState.Early) State = DialogState.Confirmed;
    }

    /// <summary>§12.2.1.1</summary>
    private SipRequestBuilder Create(SipMethod method, uint cseq)
    {
        bool isStrict = Routes.Count > 0 && !IsLoose(Routes[0]);
        var request = new SipRequestBuilder(method, isStrict ? RequestUriOf(Routes[0]) : RemoteTarget);
        for (int i = isStrict ? 1 : 0; i < Routes.Count; i++) request.Add(SipHeader.Route, Routes[i]);
        // A strict router finds its own URI on the request line and the target at the end of the list.
        if (isStrict) request.Add(SipHeader.Route, $"<{RemoteTarget}>");
        request
            .Add(SipHeader.From, Tagged(LocalAddress, Id.LocalTag))
            .Add(SipHeader.To, Tagged(RemoteAddress, Id.RemoteTag))
            .Add(SipHeader.CallId, Id.CallId)
            .Add(SipHeader.CSeq, $"{cseq} {method.Wire().AsText()}");
        if (LocalContact.Length > 0
                && method is SipMethod.Invite or SipMethod.Update or SipMethod.Subscribe or SipMethod.Notify or SipMethod.Refer)
            request.Add(SipHeader.Contact, LocalContact);
        return request;
    }

    // RFC 2543 peers have none
    private static string Tagged(string address, string tag) => tag.Length == 0 ? address : $"{address};tag={tag}";

    private static string WithoutTag(NameAddress address)
    {
        string bare =
            address.DisplayName.IsEmpty ? $"<{address.Uri.AsText()}>" : $"{address.DisplayName.AsText()} <{address.Uri.AsText()}>";
        foreach (var parameter in address.Parameters)
            if (!parameter.Name.Is("tag"u8))
                bare += parameter.Value.IsEmpty ? $";{parameter.Name.AsText()}" : $";{parameter.Name.AsText()}={parameter.Value.AsText()}";
        return bare;
    }

    private static string[] RoutesOf(SipMessage message, bool isReversed)
    {
        var routes = new List<string>();
        foreach (var value in message.Values(SipHeader.RecordRoute))
            if (NameAddress.TryParse(value, out _) is ParseStatus.Ok) routes.Add(NameAddress.Hop(value));
        if (isReversed) routes.Reverse();
        return [.. routes];
    }

    private static string UriOf(string route) =>
        NameAddress.TryParse(System.Text.Encoding.UTF8.GetBytes(route), out var address) is ParseStatus.Ok ? address.Uri.AsText() : route;

    /// <summary>Without what a Request-URI may not have: headers and the method parameter (§19.1.1).</summary>
    private static string RequestUriOf(string route) => string.Join(';',
        TargetOf(UriOf(route)).Split(';').Where(part => !part.StartsWith("method=", StringComparison.OrdinalIgnoreCase)));

    /// <summary>Without headers, which have no place in the Contact of a dialog: no request to there could be written.</summary>
    private static string TargetOf(string uri) => uri.Contains('?', StringComparison.Ordinal)
        && SipUri.TryParse(System.Text.Encoding.UTF8.GetBytes(uri), out var parsed) is ParseStatus.Ok ? parsed.Target.AsText() : uri;

    private static bool IsLoose(string route) =>
        NameAddress.TryParse(System.Text.Encoding.UTF8.GetBytes(route), out var address) is not ParseStatus.Ok
        || address.ParseUri().IsLooseRouter;
}
