using System.Globalization;
using System.Security.Cryptography;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Server.Roles;

/// <summary>
/// Resources that a node makes for itself, for example for the lab, without a webhook URL.
/// What exists under the name or number is left alone.
/// </summary>
internal sealed class FirstResources(Database store, TenantId tenant, Func<long> freshId, DateTimeOffset at)
{
    /// <summary>
    /// The outbound profile of that name. It allows what the default profile does, North America, where the lab's numbers are.
    /// </summary>
    public async ValueTask<long> ProfileAsync(string name, CancellationToken stop)
    {
        if (await FindAsync(store.OutboundProfiles.Records, p => p.Name == name, stop) is { } known) return known.Id;
        var profile = new OutboundProfile { Id = freshId(), Tenant = tenant, Name = name };
        await AddAsync(store.OutboundProfiles.Records, profile.Id, profile, stop);
        return profile.Id;
    }

    /// <summary>The application of that name, which is commanded through the API.</summary>
    public async ValueTask<ConnectionId> ApplicationAsync(string name, long profile, CancellationToken stop)
    {
        if (await FindAsync(store.Connections.Records, c => c.Kind is ConnectionKind.CallControl && c.Name == name, stop) is { } known)
            return known.Id;
        var application = new Connection
        {
            Id = new(freshId()), Tenant = tenant, Kind = ConnectionKind.CallControl, Name = name, OutboundProfile = profile
        };
        await AddAsync(store.Connections.Records, application.Id.Value, application, stop);
        return application.Id;
    }

    /// <summary>
    /// The account's connection for a phone that registers with that user name, with a password of its own when it is new.
    /// Others of the account may call it by its SIP address.
    /// </summary>
    /// <returns>The connection, with its user name and password; null where the user name is another account's,
    /// or the name another connection's.</returns>
    public async ValueTask<Connection?> SipUserAsync(string name, string userName, long profile, CancellationToken stop)
    {
        if (await FindAsync(store.Connections.Records, c => c.Sip?.UserName == userName, stop) is { } known) return known;
        var phone = new Connection
        {
            Id = new(freshId()),
            Tenant = tenant,
            Kind = ConnectionKind.Credential,
            Name = name,
            OutboundProfile = profile,
            Codecs = [],
            Sip = new()
            {
                UserName = userName,
                Password = RandomNumberGenerator.GetHexString(16, lowercase: true),
                UriCalling = SipUriCalling.Internal,
                Origination = new() { IsDigestRequired = true },
            },
        };
        return await AddAsync(store.Connections.Records, phone.Id.Value, phone, stop) ? phone : null;
    }

    /// <summary>Adds the numbers that nobody has yet, attached to the connection.</summary>
    public ValueTask<int> NumbersAsync(IEnumerable<string> numbers, ConnectionId connection, CancellationToken stop) =>
        store.Numbers.ImportAsync(
            [.. numbers.Select(number => new NewNumber(new(number, tenant, connection) { Country = "US" }, freshId(), at))], stop);

    private async ValueTask<T?> FindAsync<T>(Records<T> records, Func<T, bool> fits, CancellationToken stop) where T : class =>
        (await records.ListAsync(tenant, 0, int.MaxValue, stop)).Rows.Select(row => row.Record).FirstOrDefault(fits);

    /// <returns>False when what may stand once is taken.</returns>
    private async ValueTask<bool> AddAsync<T>(Records<T> records, long id, T record, CancellationToken stop) =>
        await records.AddAsync(id.ToString(CultureInfo.InvariantCulture), record, at, work: null, stop) is WriteOutcome.Done;
}
