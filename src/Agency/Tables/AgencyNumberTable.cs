using System.Data;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Agency.Tables;

/// <summary>
/// The numbers of an agency: the accounts have them, and <c>agency_phone_numbers</c> what the agency says of one. Without a row it has said
/// nothing, so an id follows from whose the number is and from its digits.
/// </summary>
internal sealed class AgencyNumberTable(Database store)
{
    internal const string SelectHeldAllTenants = """
        select tenant_id, text, country, is_ported_out, created_at from rw_number where tenant_id in @tenants and text like '+%'
        order by text
        """;
    internal const string SelectSaid = """
        select id, phone_number, cast(status as text) as status, friendly_name, client_id, agent_mapping_id,
            cast(direction as text) as direction, outbound_allowed, daily_call_cap, is_disabled, is_brought, status_at, order_id,
            customer_reference, purchased_at, released_at, created_at, updated_at
        from agency_phone_numbers where tenant_id = @tenant
        """;
    internal const string SelectHeld = """
        select tenant_id, text, country, is_ported_out, created_at from rw_number
        where tenant_id = @tenant and text = @number and text like '+%'
        """;
    internal const string SelectSaidOfOne = $"{SelectSaid} and id = @id";
    /// <summary>Whoever had said something of it has it no more.</summary>
    internal const string ReleaseOthersAllTenants = """
        update agency_phone_numbers set status = 'released', agent_mapping_id = null, updated_at = @at
        where phone_number = @number and id <> @id and cast(status as text) <> 'released'
        """;
    internal const string Say = """
        insert into agency_phone_numbers (id, tenant_id, phone_number, friendly_name, client_id, agent_mapping_id, direction, status,
            outbound_allowed, daily_call_cap, is_disabled, is_brought, status_at, order_id, customer_reference, purchased_at, released_at,
            created_at, updated_at)
        values (@id, @tenant, @number, @name, @client, @agent, @direction, @status, @outbound, @cap, @disabled, @brought, @said, @order,
            @reference, @purchased, @released, @created, @at)
        on conflict (id) do update set friendly_name = excluded.friendly_name, client_id = excluded.client_id,
            agent_mapping_id = excluded.agent_mapping_id, direction = excluded.direction, status = excluded.status,
            outbound_allowed = excluded.outbound_allowed, daily_call_cap = excluded.daily_call_cap,
            is_disabled = excluded.is_disabled, is_brought = excluded.is_brought, status_at = excluded.status_at,
            order_id = excluded.order_id,
            customer_reference = excluded.customer_reference, purchased_at = excluded.purchased_at, released_at = excluded.released_at,
            updated_at = excluded.updated_at
        where agency_phone_numbers.tenant_id = @tenant
        """;
    /// <summary>The account has it no more, whoever has it now.</summary>
    internal const string Gone = """
        update agency_phone_numbers set status = 'released', agent_mapping_id = null, updated_at = @at
        where tenant_id = @tenant and id = @id
        """;
    internal const string SelectPendingAllTenants = "select distinct tenant_id from agency_phone_numbers where status = 'pending'";
    internal const string CountPending = "select count(*) from agency_phone_numbers where tenant_id = @tenant and status = 'pending'";
    /// <summary>The operator has made ready what was ordered.</summary>
    internal const string Ready = """
        update agency_phone_numbers set status = 'active', purchased_at = @at, updated_at = @at
        where tenant_id = @tenant and status = 'pending' and exists (
            select 1 from rw_number n join rw_stock_number s on s.text = n.text
            where n.text = agency_phone_numbers.phone_number and n.tenant_id = agency_phone_numbers.tenant_id and s.is_quickship = @yes)
        """;
    /// <summary>The operator has taken back what was ordered.</summary>
    internal const string Refused = """
        update agency_phone_numbers set status = 'released', agent_mapping_id = null, released_at = @at, updated_at = @at
        where tenant_id = @tenant and status = 'pending' and not exists (
            select 1 from rw_number n
            where n.text = agency_phone_numbers.phone_number and n.tenant_id = agency_phone_numbers.tenant_id)
        """;
    internal const string SelectWaitingAllTenants =
        "select distinct tenant_id from agency_phone_numbers where status = 'pending' and created_at <= @before";
    /// <summary>Of batches that are not over, and call from it.</summary>
    internal const string CountCalling = """
        select count(*) from call_batches where tenant_id = @tenant and (from_number = @number or cast(from_pool as text) like @pooled)
            and status not in ('completed', 'failed')
        """;

    /// <summary>Of clients but one.</summary>
    internal const string CountForOthers = $"{CountCalling} and client_id <> @client";

    /// <summary>All of them, by their digits; those that have gone are told by what was said of them.</summary>
    public ValueTask<IReadOnlyList<AgencyNumber>> ListAsync(TenantId agency, CancellationToken stop) =>
        store.Sql.ReadAsync(db => List(db, agency), stop);

    /// <summary>The one that has these digits; null where the account has no such number.</summary>
    /// <param name="account">The agency's, or a client's of it.</param>
    public ValueTask<AgencyNumber?> FindHeldAsync(TenantId agency, TenantId account, string text, CancellationToken stop)
    {
        if (store.Routing.Current.FindTenant(account) is not { } owner) return new((AgencyNumber?)null);
        return store.Sql.ReadAsync<AgencyNumber?>(db =>
        {
            if (db.QueryFirstOrDefault<Held>(SelectHeld, new { tenant = account, number = text }) is not { } held) return null;
            var said = db.QueryFirstOrDefault<Said>(SelectSaidOfOne, new { tenant = agency, id = IdOf(agency, text) });
            return Of(agency, held, said, owner.IsDisabled);
        }, stop);
    }

    /// <summary>What rows say of where their numbers stand, by id; a number of which nobody has said anything has none.</summary>
    public ValueTask<Dictionary<Guid, string>> SaidStatusesAsync(TenantId agency, CancellationToken stop) =>
        store.Sql.ReadAsync(db => SaidStatuses(db, agency), stop);

    /// <summary>Rows are made to say where their numbers stand now.</summary>
    /// <returns>All that there are.</returns>
    public ValueTask<IReadOnlyList<AgencyNumber>> ReconcileAsync(TenantId agency, DateTimeOffset at, CancellationToken stop) =>
        store.Sql.WriteAsync(db =>
        {
            var said = SaidStatuses(db, agency);
            var numbers = List(db, agency);
            foreach (var number in numbers.Where(number => said.TryGetValue(number.Id, out string? was) && was != number.Status))
            {
                if (number.Status is AgencyNumber.Released) db.Execute(Gone, new { tenant = agency, id = number.Id, at });
                else Write(db, agency, number with { UpdatedAt = at }, number.Status);
            }
            return numbers;
        }, stop);

    private static Dictionary<Guid, string> SaidStatuses(IDbConnection db, TenantId agency) =>
        db.Query<Said>(SelectSaid, new { tenant = agency }).ToDictionary(row => row.Id, row => row.Status);

    /// <summary>Reads and writes at once, so that of two changes neither undoes the other's.</summary>
    /// <param name="may">Whether it may become that, asked in the transaction, and maybe again; null for yes.</param>
    /// <returns>Null when there is no such number, or it may not.</returns>
    public ValueTask<AgencyNumber?> ChangeAsync(TenantId agency, Guid id, Func<AgencyNumber, AgencyNumber> change,
        Func<AgencyNumber, AgencyNumber, AuditNote> note, CancellationToken stop,
        Func<IDbConnection, AgencyNumber, AgencyNumber, bool>? may = null) => store.Sql.WriteAsync(db =>
    {
        if (List(db, agency).FirstOrDefault(number => number.Id == id) is not { Account: not null } before) return null;
        var after = change(before);
        if (may?.Invoke(db, before, after) is false) return null;
        if (after.Status != before.Status) after = after with { StatusAt = after.UpdatedAt };
        Write(db, agency, after, after.Status);
        AuditTable.Write(db, note(before, after));
        return after;
    }, stop);

    /// <summary>Numbers of the stock become the agency's, all or none, each with what is said of it.</summary>
    /// <param name="claim">The agency's.</param>
    /// <param name="numberOf">As the agency has it.</param>
    /// <param name="newId">Of the account's number.</param>
    /// <returns>Null when they are the agency's.</returns>
    public ValueTask<ClaimRefusal?> BuyAsync(NumberClaim claim, Func<StockNumber, AgencyNumber> numberOf, Func<long> newId,
        Func<IReadOnlyList<AgencyNumber>, AuditNote> note, CancellationToken stop) =>
        store.StockClaims.OrderAsync(claim, store.Numbers, stock =>
        {
            var numbers = stock.Select(numberOf).ToList();
            var added = stock.Select(one =>
                new NewNumber(new(one.Text, claim.Tenant, null) { Country = one.Country }, newId(), claim.At)).ToList();
            return new(added, new UnitOfWork { Note = note(numbers) }, db =>
            {
                foreach (var number in numbers) Write(db, claim.Tenant, number, number.Status);
            });
        }, stop);

    /// <summary>Numbers that agencies have ordered are active once they are ready, and released where they have been taken back.</summary>
    /// <returns>False where no agency waits for one.</returns>
    public async ValueTask<bool> FollowOrdersAsync(DateTimeOffset at, CancellationToken stop)
    {
        var agencies = await store.Sql.ReadAsync(db => TenantsOf(db.Query<string>(SelectPendingAllTenants)), stop);
        // Whoever finds nothing writes nothing.
        if (agencies.Count == 0) return false;
        await store.Sql.WriteAsync(db => agencies.Sum(agency => FollowOrders(db, agency, at)), stop);
        return true;
    }

    /// <summary>The same of one agency.</summary>
    /// <returns>False where it waits for none.</returns>
    public async ValueTask<bool> FollowOrdersAsync(TenantId agency, DateTimeOffset at, CancellationToken stop)
    {
        if (await store.Sql.ReadAsync(db => db.ExecuteScalar<long>(CountPending, new { tenant = agency }), stop) == 0) return false;
        await store.Sql.WriteAsync(db => FollowOrders(db, agency, at), stop);
        return true;
    }

    private static int FollowOrders(IDbConnection db, TenantId agency, DateTimeOffset at) =>
        db.Execute(Ready, new { tenant = agency, at, yes = true }) + db.Execute(Refused, new { tenant = agency, at });

    /// <summary>Agencies that have a number which was ordered then or earlier, and which is not ready.</summary>
    public ValueTask<IReadOnlyList<TenantId>> ListWaitingAsync(DateTimeOffset before, CancellationToken stop) =>
        store.Sql.ReadAsync(db => TenantsOf(db.Query<string>(SelectWaitingAllTenants, new { before })), stop);

    private static IReadOnlyList<TenantId> TenantsOf(IEnumerable<string> ids) => [.. ids.Select(id => new TenantId(Guid.Parse(id)))];

    /// <summary>A batch that is not over calls from it.</summary>
    internal static bool IsCalling(IDbConnection db, TenantId agency, string number) =>
        db.ExecuteScalar<long>(CountCalling, new { tenant = agency, number, pooled = PooledOf(number) }) > 0;

    /// <summary>A batch of a client but this one, which is not over, calls from it.</summary>
    internal static bool IsCallingForOthers(IDbConnection db, TenantId agency, string number, string client) =>
        db.ExecuteScalar<long>(CountForOthers, new { tenant = agency, number, client, pooled = PooledOf(number) }) > 0;

    /// <summary>As a number stands in the pool of a batch, for <c>like</c>.</summary>
    private static string PooledOf(string number) => $"%\"{number}\"%";

    /// <summary>The account has the number no more; one of the stock comes back to it.</summary>
    /// <param name="before">One that an account has.</param>
    /// <param name="work">What is committed with it.</param>
    /// <returns>InUse while a batch that is not over calls from it; Missing when the account has it no more.</returns>
    public async ValueTask<WriteOutcome> ReleaseAsync(TenantId agency, AgencyNumber before, AgencyNumber after, UnitOfWork? work,
        CancellationToken stop)
    {
        var account = before.Account!.Value;       // an account has it
        return await store.Numbers.FindIdAsync(account, before.Text, stop) is not { } id ? WriteOutcome.Missing
            : await store.Numbers.Records.RemoveAsync(account, id, work, db =>
            {
                TenancyTable.TakeTurn(db, agency);
                if (IsCalling(db, agency, before.Text)) return false;
                Write(db, agency, after, AgencyNumber.Released);
                return true;
            }, stop);
    }

    internal static void Write(IDbConnection db, TenantId agency, AgencyNumber number, string status)
    {
        // By a node whose clock is behind: what is said of a number is said after it came, or it were of whoever had it before.
        var at = number.CreatedAt > number.UpdatedAt ? number.CreatedAt : number.UpdatedAt;
        var row = new
        {
            id = number.Id, tenant = agency, number = number.Text, name = number.FriendlyName, client = number.ClientId,
            agent = number.Agent, direction = number.Direction, outbound = number.IsOutboundAllowed, status, order = number.Order,
            cap = number.DailyCallCap, disabled = number.IsDisabled, brought = number.IsBrought, said = number.StatusAt,
            reference = number.CustomerReference, purchased = number.PurchasedAt, released = number.ReleasedAt,
            created = number.CreatedAt ?? number.UpdatedAt, at,
        };
        db.Execute(ReleaseOthersAllTenants, row);
        db.Execute(Say, row);
    }

    internal IReadOnlyList<AgencyNumber> List(IDbConnection db, TenantId agency)
    {
        var accounts = store.Routing.Current.Tenants.Where(one => one.Id == agency || one.Parent == agency)
            .ToDictionary(one => one.Id, one => one.IsDisabled);
        var said = db.Query<Said>(SelectSaid, new { tenant = agency }).ToDictionary(row => row.Id);
        var held = db.Query<Held>(SelectHeldAllTenants,
            new { tenants = new InList<string>([.. accounts.Keys.Select(one => one.ToString())]) }).AsList();
        var numbers = held.Select(row => Of(agency, row, said.GetValueOrDefault(IdOf(agency, row.Text)), accounts[row.TenantId])).ToList();
        var known = numbers.Select(number => number.Id).ToHashSet();
        numbers.AddRange(Brought(db, agency, [.. said.Values.Where(row => !known.Contains(row.Id))], accounts));
        known.UnionWith(numbers.Select(number => number.Id));
        numbers.AddRange(said.Values.Where(row => !known.Contains(row.Id)).Select(row => With(new()
        {
            Id = row.Id, Text = row.PhoneNumber, Status = AgencyNumber.Released, CreatedAt = row.CreatedAt, IsBrought = row.IsBrought,
        }, row, null)));
        return [.. numbers.OrderBy(number => number.Text, StringComparer.Ordinal)];
    }

    /// <summary>Those of them that an account has proved to be its own, and that are not given up.</summary>
    /// <param name="accounts">Each with whether it is switched off.</param>
    private static IEnumerable<AgencyNumber> Brought(IDbConnection db, TenantId agency, IReadOnlyList<Said> rows,
        Dictionary<TenantId, bool> accounts)
    {
        var brought = rows.Where(row => row.IsBrought && row.Status is not AgencyNumber.Released).ToList();
        var holders = BroughtNumberTable.HoldersOf(db, agency, accounts.Keys, [.. brought.Select(row => row.PhoneNumber)]);
        foreach (var row in brought)
            if (holders.TryGetValue(row.PhoneNumber, out var holder))
                yield return With(new()
                {
                    Id = row.Id, Text = row.PhoneNumber, Account = holder, CreatedAt = row.CreatedAt, IsBrought = true,
                    Status = accounts[holder] ? AgencyNumber.Inactive : AgencyNumber.Active,
                }, row, holder == agency ? null : holder.ToString());
    }

    /// <param name="isOff">The account that has it is.</param>
    private static AgencyNumber Of(TenantId agency, Held held, Said? said, bool isOff)
    {
        // An account had it before, gave it back, by whichever API, and it came again: nobody has said anything of it as it is now.
        if (said is { IsBrought: false } && (said.ReleasedAt is not null || said.UpdatedAt < held.CreatedAt)) said = null;
        return With(new()
        {
            Id = IdOf(agency, held.Text), Text = held.Text, Account = held.TenantId, Country = held.Country, CreatedAt = held.CreatedAt,
            Status = held.IsPortedOut ? AgencyNumber.Released
                : said?.Status is AgencyNumber.Pending ? AgencyNumber.Pending
                : isOff ? AgencyNumber.Inactive : AgencyNumber.Active,
        }, said, held.TenantId == agency ? null : held.TenantId.ToString());
    }

    /// <param name="owner">The client whose account has it: it is that client's, whatever was said.</param>
    private static AgencyNumber With(AgencyNumber number, Said? said, string? owner) => number with
    {
        FriendlyName = said?.FriendlyName,
        ClientId = owner ?? said?.ClientId,
        Agent = number.Status is AgencyNumber.Released ? null : said?.AgentMappingId,
        Direction = said?.Direction ?? number.Direction,
        IsOutboundAllowed = said?.OutboundAllowed ?? true,
        DailyCallCap = said?.DailyCallCap,
        IsDisabled = said?.IsDisabled ?? false,
        StatusAt = said?.StatusAt,
        Status = number.Status is AgencyNumber.Active && said?.IsDisabled is true ? AgencyNumber.Inactive : number.Status,
        Order = said?.OrderId,
        CustomerReference = said?.CustomerReference,
        PurchasedAt = said?.PurchasedAt,
        ReleasedAt = number.Status is AgencyNumber.Released ? said?.ReleasedAt : null,
        UpdatedAt = said?.UpdatedAt ?? number.CreatedAt,
    };

    /// <summary>A UUID of version 8.</summary>
    internal static Guid IdOf(TenantId agency, string number)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{agency} {number}"));
        hash[6] = (byte)(hash[6] & 0x0F | 0x80);
        hash[8] = (byte)(hash[8] & 0x3F | 0x80);
        return new(hash.AsSpan(0, 16), bigEndian: true);
    }

    private sealed record Held
    {
        public TenantId TenantId { get; init; }
        public string Text { get; init; } = "";
        public string? Country { get; init; }
        public bool IsPortedOut { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
    }

    private sealed record Said
    {
        public Guid Id { get; init; }
        public string PhoneNumber { get; init; } = "";
        public string Status { get; init; } = "";
        public string? FriendlyName { get; init; }
        public string? ClientId { get; init; }
        public Guid? AgentMappingId { get; init; }
        public string Direction { get; init; } = "";
        public bool OutboundAllowed { get; init; }
        public long? DailyCallCap { get; init; }
        public bool IsDisabled { get; init; }
        public bool IsBrought { get; init; }
        public DateTimeOffset? StatusAt { get; init; }
        public Guid? OrderId { get; init; }
        public string? CustomerReference { get; init; }
        public DateTimeOffset? PurchasedAt { get; init; }
        public DateTimeOffset? ReleasedAt { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }
    }
}
