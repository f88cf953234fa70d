using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Registrar;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Registrations;

/// <summary>
/// The node's registrar: an actor of the first shard. The ingress filter has proven who sends;
/// here the bindings change, and the book is told.
/// </summary>
internal sealed class Registrar(ShardContext shard, RegistrationBook book)
{
    /// <summary>What a REGISTER may demand beside what every request may (RFC 3327, RFC 5626).</summary>
    private static readonly string[] Extensions = ["path", "outbound"];

    private readonly RegisterServer _server = new() { NatExpiry = shard.Settings.Nat.Expiry, IsOurs = shard.Hosts.IsOurs };
    private readonly BindingKeepAlives _keepAlives = new(shard);
    /// <summary>Users who are new in the book before it is looked through for those who are gone.</summary>
    private const int TidiedEvery = 1_024;

    private readonly Rations<string> _ofUsers = new(Limits.RegistersAtOnce, Limits.RegistersASecond);
    private readonly Rations<TenantId> _ofFamilies = new(Limits.RegistersOfFamilyAtOnce, Limits.RegistersOfFamilyASecond);
    private readonly FamilyHoldings _families = new(Limits.BindingsOfFamily);
    private readonly List<BindingChange> _changes = [];
    private int _tidyFrom = TidiedEvery;

    public Instant NextDue => Instant.Min(_server.NextDue, _keepAlives.NextDue);

    public int Bindings => _server.Count;

    /// <summary>A binding of an earlier start; told to the book, not to the store that it comes from.</summary>
    public void Restore(Registration registration)
    {
        var binding = book.ToBinding(registration, shard.Now);
        _server.Restore(binding);
        var change = new BindingChange(binding, BindingFate.Registered);
        var bindings = _server.Find(binding.User);
        book.Publish(change, bindings);
        _families.Set(binding.User, HeadOf(binding.User, account: null), bindings.Count);
        _keepAlives.Follow(change);
    }

    /// <param name="caller">Proven by the credentials of the request; null for a request that came without.</param>
    public void Handle(TransactionOutput.RequestReceived received, SipCaller? caller)
    {
        string? user = caller?.User;
        if (caller is { User: { } proven } && !MayRegister(proven, caller.Connection.Tenant))
        {
            shard.Emit(new Effect.RegisterRefused(proven, received.From, 503));
            shard.Transactions.Dismiss(received, 503, Limits.RetryAfterSeconds);
            return;
        }
        var response = user is null ? new SipResponseBuilder(received.Request, 403)
            : shard.Policy.CheckRequire(received.Request, Extensions)
                ?? _server.Handle(received.Request, user, received.From, shard.Now, _changes, HasItsNumber(received.Request, user),
                    HeadOf(user, caller?.Connection.Tenant) is not { } head || _families.HasRoom(shard.Routing, head));
        // RFC 6665 section 8.2.2: a phone learns what its lamps may subscribe to.
        if (response.Status == 200) response.Add(SipHeader.AllowEvents, UserAgentPolicy.EventPackages);
        var built = response.Add(SipHeader.Server, shard.Settings.UserAgent).Build();
        if (!built.IsSuccess) shard.Emit(new Effect.RegisterRefused(user ?? "", received.From, built.Status));
        shard.Transactions.Respond(received.Transaction, built, shard.Now);
        if (caller is { User: { } writer } && _changes.Count > 1) Charge(writer, caller.Connection.Tenant, _changes.Count - 1);
        Publish(caller?.Connection.Tenant);
    }

    public void HandleDue()
    {
        _server.HandleDue(shard.Now, _changes);
        Publish(account: null);
        _keepAlives.HandleDue();
    }

    /// <summary>Of what keeps the way to a phone open. False when the transaction is another's.</summary>
    public bool OnEnded(ClientTransactionId transaction, bool isCut = false) => _keepAlives.OnEnded(transaction, isCut);

    /// <summary>Each is written down, and what is written is one line for all accounts.</summary>
    private bool MayRegister(string user, TenantId account) =>
        _ofUsers.TryTake(user, shard.Now) && _ofFamilies.TryTake(FamilyHoldings.HeadOf(shard.Routing, account), shard.Now);

    /// <summary>Each place that came or went is a row, and the first of them is paid for.</summary>
    private void Charge(string user, TenantId account, int more)
    {
        _ofUsers.Take(user, more, shard.Now);
        _ofFamilies.Take(FamilyHoldings.HeadOf(shard.Routing, account), more, shard.Now);
    }

    /// <summary>
    /// Some phones have their number where others have the user's name, which is in their credentials alone. It must be one by which the
    /// user of a connection is called; others who log in at that connection have none.
    /// </summary>
    private bool HasItsNumber(SipRequest register, string user) =>
        shard.Routing.Sip.FindUser(user) is { } known
        && shard.Routing.FindConnection(known.Tenant, known.Connection) is { Sip: { UserName: { } name, Origination: var way } } connection
        && name == user && Parties.NumberOf(Parties.UserOf(register.To.ParseUri()), way.Localization) is { } text
        && shard.Routing.FindOwnNumber(text) is { } number && number.Tenant == connection.Tenant && number.Connection == connection.Id;

    /// <param name="account">Of whoever has proven who he is; null where users are known by their names alone.</param>
    private TenantId? HeadOf(string user, TenantId? account) =>
        (account ?? shard.Routing.Sip.FindUser(user)?.Tenant) is { } tenant ? FamilyHoldings.HeadOf(shard.Routing, tenant) : null;

    private void Publish(TenantId? account)
    {
        BindingChange[] changes = [.. _changes];
        // First, for one that throws must not come again with all later ones.
        _changes.Clear();
        foreach (var change in changes)
        {
            bool isNew = change.Fate is BindingFate.Registered
                && !book.Find(change.Binding.User).Any(known => known.Contact == change.Binding.Contact);
            var bindings = _server.Find(change.Binding.User);
            book.Publish(change, bindings);
            _families.Set(change.Binding.User, HeadOf(change.Binding.User, account), bindings.Count);
            _keepAlives.Follow(change);
            if (change.Fate is BindingFate.Registered) shard.Settings.Ways.Forget(Reach.Of(change.Binding));
            shard.Emit(new Effect.RegistrationChanged(book.ToRegistration(change.Binding), change.Fate) { IsNew = isNew });
        }
        if (book.Count < _tidyFrom) return;
        book.Forget(user => shard.Routing.Sip.FindUser(user) is not null);
        _tidyFrom = book.Count + TidiedEvery;
    }
}
