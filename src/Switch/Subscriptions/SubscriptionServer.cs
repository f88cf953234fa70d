using System.Globalization;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Registrations;
using Ringwright.Switch.Routing;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Subscriptions;

/// <summary>
/// Tells phones what they have subscribed to (RFC 6665): lamps of colleagues and of messages. Lives on the registrar's shard, as the
/// ingress filter has it; what the calls of all shards are at it reads on the <see cref="LineBoard"/>. All of it is in memory.
/// </summary>
internal sealed class SubscriptionServer(ShardContext shard)
{
    /// <summary>So many deadlines that no longer count may stand in the queue, beside two for each subscription.</summary>
    private const int SpentDeadlines = 64;

    private readonly Dictionary<string, Subscription> _byTag = new(StringComparer.Ordinal);
    private readonly Dictionary<ClientTransactionId, Subscription> _telling = [];
    private readonly Dictionary<string, List<Subscription>> _bySubscriber = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Subscription>> _byLine = new(StringComparer.Ordinal);
    private readonly FamilyHoldings _families = new(Limits.SubscriptionsOfFamily);
    private readonly PriorityQueue<Subscription, long> _due = new();
    private RoutingSnapshot? _seen;
    private Instant _lookAt = Instant.Never;
    private bool _isOver;

    /// <summary>Subscriptions, those that end included until the phone has been told.</summary>
    public int Count => _byTag.Count;

    public Instant NextDue
    {
        get
        {
            while (_due.TryPeek(out var first, out long at))
            {
                if (first.QueuedDue.Nanos == at && first.NextDue.Nanos == at) return Instant.Min(new(at), _lookAt);
                _due.Dequeue();
                if (first.QueuedDue.Nanos != at) continue;
                first.QueuedDue = Instant.Never;
                Queue(first);
            }
            return _lookAt;
        }
    }

    /// <summary>A SUBSCRIBE outside any dialog, of somebody who has proved to be this user.</summary>
    public void Handle(TransactionOutput.RequestReceived received, SipCaller caller)
    {
        var (request, user) = (received.Request, caller.User!);     // who has proved it has a name
        var refusal = SubscribeRequest.Read(request, shard.Policy, out var wish);
        string contact = request.TryGetContact(out var named) ? named.Uri.AsText() : "";
        var watched = WhoIsMeant(request.ParseRequestUri(), caller.Connection.Tenant);
        if (wish.Package is EventPackage.MessageSummary) watched ??= OwnerOf(request.ParseRequestUri(), caller.Connection);
        refusal ??= contact.Length == 0 ? new(request, 400, "Contact Is Missing") : null;
        refusal ??= watched is null ? new(request, 404) : null;
        var head = FamilyHoldings.HeadOf(shard.Routing, caller.Connection.Tenant);
        if (refusal is null && MakeRoom(new(user, wish.Package, watched!.Name, contact), head) is var (status, phrase))
        {
            refusal = new SipResponseBuilder(request, status, phrase);
            if (status == 503) refusal.Add(SipHeader.RetryAfter, $"{Limits.RetryAfterSeconds}");
        }
        if (refusal is not null || Dialog.OfRequest(request, shard.Contact(received.From)) is not { } dialog)
        {
            var refused = refusal ?? new SipResponseBuilder(request, 400);
            Respond(received, refused);
            shard.Emit(new Effect.RequestRefused("SUBSCRIBE", user, Parties.UserOf(request.ParseRequestUri()), refused.Status, Why: null));
            return;
        }
        var subscription = new Subscription(new(user, wish.Package, watched!.Name, contact), dialog)      // nobody was refused
        {
            Event = wish.Event, Source = received.From
        };
        Add(subscription, head);
        Accept(received, subscription, wish.Expiry);
    }

    /// <summary>A SUBSCRIBE in a dialog. False when it is none of ours.</summary>
    public bool TryHandleInside(TransactionOutput.RequestReceived received)
    {
        var request = received.Request;
        if (!_byTag.TryGetValue(request.To.Tag.AsText(), out var subscription)
            || subscription is not { Ended: null, IsGone: false, Dialog: { } dialog } || dialog.Id != DialogId.Of(request)) return false;
        if (request.Method is not SipMethod.Subscribe)
            Respond(received, new SipResponseBuilder(request, 405).Add(SipHeader.Allow, "SUBSCRIBE"));
        else if (dialog.Receive(request) is var verdict and not DialogVerdict.Ok)
            Respond(received, Dialog.Refuse(request, verdict, shard.Rng));
        else if (SubscribeRequest.Read(request, shard.Policy, out var wish) is { } refusal) Respond(received, refusal);
        else if (wish.Package != subscription.Key.Package || wish.Event != subscription.Event)
            Respond(received, SubscribeRequest.BadEvent(request));
        else
        {
            dialog.RefreshTarget(request);
            subscription.Source = received.From;
            Accept(received, subscription, wish.Expiry);
        }
        return true;
    }

    /// <summary>Calls of the user have changed.</summary>
    public void OnLineChanged(string user)
    {
        if (!_byLine.TryGetValue(user, out var watchers)) return;
        foreach (var subscription in watchers.ToArray())
        {
            subscription.Change();
            Advance(subscription);
        }
    }

    public void HandleDue()
    {
        if (_lookAt <= shard.Now) Look();
        while (NextDue <= shard.Now && _due.TryDequeue(out var due, out _))
        {
            due.QueuedDue = Instant.Never;
            Advance(due);
        }
    }

    /// <summary>A final answer to a NOTIFY. False when the transaction is another's.</summary>
    public bool OnResponse(ClientTransactionId transaction, SipResponse response)
    {
        TimeSpan? retryAfter = RetryAfter.TryParse(response.First(SipHeader.RetryAfter), out var after) is ParseStatus.Ok
            ? TimeSpan.FromSeconds(after.Seconds) : null;
        return OnEnded(transaction, response.Status, retryAfter);
    }

    /// <summary>Nothing answered a NOTIFY, or it could not be sent.</summary>
    public bool OnFailed(ClientTransactionId transaction, bool isCut = false)
    {
        // A phone whose connection broke has perhaps another one already, by which it has registered.
        if (isCut && _telling.TryGetValue(transaction, out var subscription) && OtherWay(subscription) is { } way
            && subscription.TryRedirect(way))
        {
            _telling.Remove(transaction);
            Queue(subscription);
            return true;
        }
        return OnEnded(transaction, status: null, retryAfter: null);
    }

    /// <summary>The node stops: phones are asked to come back in a while.</summary>
    public void Leave()
    {
        _isOver = true;
        foreach (var subscription in _byTag.Values.ToArray())
        {
            int seconds = (int)(Limits.SubscriptionReturn * (1 + shard.Rng.NextDouble())).TotalSeconds;
            subscription.End($"probation;retry-after={seconds.ToString(CultureInfo.InvariantCulture)}", shard.Now);
            Advance(subscription);
        }
    }

    private bool OnEnded(ClientTransactionId transaction, int? status, TimeSpan? retryAfter)
    {
        if (!_telling.Remove(transaction, out var subscription)) return false;
        subscription.OnAnswer(status, retryAfter, shard.Now);
        Advance(subscription);
        return true;
    }

    /// <summary>A user of the same account. Null for everybody else's as for nobody.</summary>
    private SipUser? WhoIsMeant(SipUri uri, TenantId tenant) =>
        uri.IsSipOrSips && shard.Hosts.IsOurs(uri.HostText) && UserOf(uri.UserText) is { } user && user.Tenant == tenant ? user : null;

    /// <summary>
    /// The user of a connection whose own number that is: some phones ask after their messages at the number by which they are heard.
    /// </summary>
    private SipUser? OwnerOf(SipUri uri, Connection connection) => uri.IsSipOrSips && shard.Hosts.IsOurs(uri.HostText)
        && connection.Sip is { UserName: { } name, Origination: var origination }
        && Parties.NumberOf(Parties.UserOf(uri), origination.Localization) is { } dialled
        && shard.Routing.FindOwnNumber(dialled) is { } number && number.Tenant == connection.Tenant && number.Connection == connection.Id
            ? UserOf(name) : null;

    /// <summary>Null when nobody may use that name at this moment.</summary>
    private SipUser? UserOf(string name) =>
        shard.Routing.Sip.FindUser(name) is { } user && !user.IsExpired(shard.Settings.Anchor.ToWall(shard.Now))
        && shard.Routing.FindConnection(user.Tenant, user.Connection) is { IsActive: true } ? user : null;

    /// <summary>Null when there is room for one more; else what the phone gets.</summary>
    private (int Status, string? Phrase)? MakeRoom(SubscriptionKey key, TenantId head)
    {
        if (shard.IsDraining || _isOver) return (503, null);
        var others = _bySubscriber.GetValueOrDefault(key.Subscriber) ?? [];
        var alike = others.FindAll(other => other.Key == key);
        if (alike.Count >= Limits.SubscriptionsAlike)
        {
            var stalest = alike.MinBy(other => other.ExpiresAt)!;     // there are some
            stalest.Drop();
            Advance(stalest);
        }
        if (others.Count >= Limits.SubscriptionsPerUser) return (403, "Too Many Subscriptions");
        return Count >= Limits.Subscriptions || !_families.HasRoom(shard.Routing, head) ? (503, null) : null;
    }

    private void Accept(TransactionOutput.RequestReceived received, Subscription subscription, TimeSpan expiry)
    {
        Respond(received, new SipResponseBuilder(received.Request, 200).Add(SipHeader.Expires, SubscribeRequest.Seconds(expiry))
            .Add(SipHeader.Contact, subscription.Dialog!.LocalContact)     // has one here
            .Add(SipHeader.AllowEvents, UserAgentPolicy.EventPackages));
        subscription.Accept(expiry, shard.Now);
        Advance(subscription);
    }

    private void Add(Subscription subscription, TenantId head)
    {
        _byTag[subscription.Dialog!.Id.LocalTag] = subscription;     // has one here
        _families.Set(subscription.Key.Subscriber, head, AddTo(_bySubscriber, subscription.Key.Subscriber));
        if (_lookAt == Instant.Never) _lookAt = shard.Now + Limits.SubscriptionLook;
        if (subscription.Key.Package is not EventPackage.Dialog) return;
        if (AddTo(_byLine, subscription.Key.Watched) == 1) shard.Settings.Lines.Watch(subscription.Key.Watched);

        int AddTo(Dictionary<string, List<Subscription>> lists, string name)
        {
            if (!lists.TryGetValue(name, out var list)) lists.Add(name, list = []);
            list.Add(subscription);
            return list.Count;
        }
    }

    private void Remove(Subscription subscription)
    {
        if (!_byTag.Remove(subscription.Dialog!.Id.LocalTag)) return;     // has one here
        _families.Set(subscription.Key.Subscriber, head: null, RemoveFrom(_bySubscriber, subscription.Key.Subscriber));
        if (subscription.Key.Package is EventPackage.Dialog && RemoveFrom(_byLine, subscription.Key.Watched) == 0)
            shard.Settings.Lines.Unwatch(subscription.Key.Watched);
        if (Count == 0) _lookAt = Instant.Never;

        int RemoveFrom(Dictionary<string, List<Subscription>> lists, string name)
        {
            if (!lists.TryGetValue(name, out var list)) return 0;
            list.Remove(subscription);
            if (list.Count == 0) lists.Remove(name);
            return list.Count;
        }
    }

    /// <summary>Tells what is to be told now, forgets what is over, and notes when to look again.</summary>
    private void Advance(Subscription subscription)
    {
        if (subscription.TryTell(shard.Now, out int version)) Tell(subscription, version);
        if (subscription.IsGone) Remove(subscription);
        else Queue(subscription);
    }

    private void Tell(Subscription subscription, int version)
    {
        var (key, dialog) = (subscription.Key, subscription.Dialog!);     // has one here
        string domain = shard.Settings.UserDomainOn(subscription.Source.Network);
        byte[] body;
        if (key.Package is EventPackage.Dialog)
        {
            var calls = DialogInfo.Choose(shard.Settings.Lines.Of(key.Watched));
            body = DialogInfo.Write(key.Watched, domain, version, calls, subscription.Told);
            subscription.Telling = calls;
        }
        else
        {
            subscription.ToldMessages = Waiting(key);
            body = MessageSummary.Write(subscription.ToldMessages, $"sip:{Uri.EscapeDataString(key.Watched)}@{domain}");
        }
        string state = subscription.Ended is { } reason ? $"terminated;reason={reason}"
            : $"active;expires={SubscribeRequest.Seconds(subscription.ExpiresAt - shard.Now)}";
        var notify = dialog.CreateRequest(SipMethod.Notify)
            .Add(SipHeader.Event, subscription.Event)
            .Add(SipHeader.SubscriptionState, state)
            .Add(SipHeader.AllowEvents, UserAgentPolicy.EventPackages)
            .Add(SipHeader.UserAgent, shard.Settings.UserAgent)
            .Body(SubscribeRequest.TypeOf(key.Package), body).Build();
        // Never to where nothing but its Contact leads: that may be anybody's.
        var hop = dialog.TryGetNextHop(subscription.Source, out var named) && named.IsOfSameHost(subscription.Source)
            ? named : subscription.Source;
        _telling.Add(shard.Transactions.SendRequest(notify, hop, shard.Now), subscription);
    }

    /// <summary>What the configuration says may have changed: who exists, and what waits for him.</summary>
    private void Look()
    {
        _lookAt = Count == 0 ? Instant.Never : shard.Now + Limits.SubscriptionLook;
        if (ReferenceEquals(_seen, shard.Routing)) return;
        _seen = shard.Routing;
        foreach (var subscription in _byTag.Values.ToArray())
        {
            var key = subscription.Key;
            if (UserOf(key.Subscriber) is not { } subscriber) subscription.End("rejected", shard.Now);
            else if (UserOf(key.Watched) is not { } watched || watched.Tenant != subscriber.Tenant)
                subscription.End("noresource", shard.Now);
            else if (key.Package is EventPackage.MessageSummary && Waiting(key) != subscription.ToldMessages) subscription.Change();
            else continue;
            Advance(subscription);
        }
    }

    private WaitingMessages? Waiting(SubscriptionKey key) =>
        shard.Routing.Sip.FindUser(key.Watched) is { } user ? shard.Routing.FindMessages(user.Tenant, user.Name) : null;

    /// <summary>Where the phone is registered now, when that is the same host by another connection.</summary>
    private SipFlow? OtherWay(Subscription subscription)
    {
        if (!subscription.Source.IsReliable) return null;
        foreach (var binding in shard.Registrations.Find(subscription.Key.Subscriber))
            if (binding.Flow.IsReliable && binding.Flow.IsOfSameHost(subscription.Source) && binding.Flow != subscription.Source)
                return binding.Flow;
        return null;
    }

    private void Queue(Subscription subscription)
    {
        var due = subscription.NextDue;
        if (due == Instant.Never || due >= subscription.QueuedDue) return;
        subscription.QueuedDue = due;
        _due.Enqueue(subscription, due.Nanos);
        if (_due.Count <= 2 * Count + SpentDeadlines) return;
        _due.Clear();
        foreach (var each in _byTag.Values)
        {
            each.QueuedDue = each.NextDue;
            if (each.QueuedDue != Instant.Never) _due.Enqueue(each, each.QueuedDue.Nanos);
        }
    }

    private void Respond(TransactionOutput.RequestReceived received, SipResponseBuilder response) =>
        shard.Transactions.Respond(received.Transaction, response.Add(SipHeader.Server, shard.Settings.UserAgent).Build(), shard.Now);
}
