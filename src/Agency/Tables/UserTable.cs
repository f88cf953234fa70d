using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>Who signs in.</summary>
internal sealed record UserRow
{
    public const string Invited = "invited", Active = "active", Disabled = "disabled";

    public Guid Id { get; init; }
    public TenantId TenantId { get; init; }
    public string? ClientId { get; init; }
    public string Email { get; init; } = "";
    public string? FullName { get; init; }
    public string Role { get; init; } = "";
    public string? PasswordHash { get; init; }
    public string Status { get; init; } = Invited;
    /// <summary>Rises when a token must no longer be good.</summary>
    public long SessionEpoch { get; init; }
    public DateTimeOffset? LastLoginAt { get; init; }
    /// <summary>By what the second factor is derived; null without one. The other is of one that the user has not shown yet.</summary>
    public string? Totp { get; init; }
    public string? TotpPending { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>What came of changing a user.</summary>
internal enum UserChange { Done, Unknown, LastOwner, EmailTaken }

/// <summary>Users of agencies and of their clients.</summary>
internal sealed class UserTable(Database store)
{
    private const string Columns = """
        id, tenant_id, client_id, email, full_name, cast(role as text) as role, password_hash, status, session_epoch, last_login_at,
            totp, totp_pending, created_at, updated_at
        """;
    // Who signs in names no account.
    internal const string SelectByEmailAllTenants = $"select {Columns} from users where email = @email and tenant_id is not null";
    internal const string SelectByIdAllTenants = $"select {Columns} from users where id = @id and tenant_id is not null";
    /// <summary>The same, with a sign-in that has not ended.</summary>
    internal const string SelectSignedInAllTenants = $"""
        select {Columns} from users where id = @id and tenant_id is not null and exists (select 1 from user_sessions
            where user_sessions.id = @session and user_sessions.user_id = users.id and user_sessions.ends_at > @at)
        """;
    private const string Of = """
        from users where tenant_id = @tenant and (@client = '' or client_id = @client) and (@role = '' or cast(role as text) = @role)
            and (@status = '' or status = @status)
        """;
    internal const string SelectPage = $"select {Columns} {Of} order by created_at, id limit @limit offset @offset";
    internal const string Count = $"select count(*) {Of}";
    internal const string CountOtherOwners =
        "select count(*) from users where tenant_id = @tenant and role = 'agency_owner' and status = 'active' and id <> @id";
    internal const string Insert = """
        insert into users (id, tenant_id, client_id, email, full_name, role, password_hash, status, session_epoch, created_at, updated_at)
        values (@id, @tenant, @client, @email, @name, @role, @hash, @status, 0, @at, @at) on conflict (email) do nothing
        """;
    internal const string Update = """
        update users set full_name = @name, role = @role, password_hash = @hash, status = @status, session_epoch = @epoch,
            last_login_at = @login, updated_at = @at
        where tenant_id = @tenant and id = @id and session_epoch = @was
        """;
    internal const string SetTotp = """
        update users set totp = @totp, totp_pending = @pending, updated_at = @at
        where tenant_id = @tenant and id = @id and session_epoch = @was and coalesce(totp, '') = @before
        """;
    internal const string TakeStep = """
        update users set totp_step = @step where tenant_id = @tenant and id = @id and (totp_step is null or totp_step < @step)
        """;
    internal const string Remove = "delete from users where tenant_id = @tenant and id = @id";

    public ValueTask<UserRow?> FindByEmailAsync(string email, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.QueryFirstOrDefault<UserRow>(SelectByEmailAllTenants, new { email }), stop);

    public ValueTask<UserRow?> FindAsync(Guid id, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.QueryFirstOrDefault<UserRow>(SelectByIdAllTenants, new { id }), stop);

    /// <summary>Null also when the sign-in is none of the user's, or has ended.</summary>
    public ValueTask<UserRow?> FindSignedInAsync(Guid id, Guid session, DateTimeOffset at, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.QueryFirstOrDefault<UserRow>(SelectSignedInAllTenants, new { id, session, at }), stop);

    public ValueTask<(IReadOnlyList<UserRow> Rows, long Total)> ListAsync(TenantId agency, string client, string role, string status,
        int offset, int limit, CancellationToken stop)
    {
        var which = new { tenant = agency, client, role, status, offset, limit };
        return store.Sql.ReadAsync<(IReadOnlyList<UserRow>, long)>(
            db => (db.Query<UserRow>(SelectPage, which).AsList(), db.ExecuteScalar<long>(Count, which)), stop);
    }

    /// <returns>Unknown where its client was deleted meanwhile.</returns>
    public ValueTask<UserChange> AddAsync(UserRow user, AuditNote? note, CancellationToken stop) => store.Sql.WriteAsync(db =>
    {
        if (!TenancyTable.Holds(db, user.TenantId, user.ClientId)) return UserChange.Unknown;
        if (db.Execute(Insert, Values(user, user.SessionEpoch)) == 0) return UserChange.EmailTaken;
        AuditTable.Write(db, note);
        return UserChange.Done;
    }, stop);

    /// <summary>An agency keeps at least one owner who can sign in. A new epoch ends the user's sign-ins.</summary>
    public ValueTask<UserChange> ChangeAsync(UserRow before, UserRow after, AuditNote? note, CancellationToken stop) =>
        store.Sql.WriteAsync(db =>
        {
            if (LosesOwner(before, after) && HasNoOtherOwner(db, before)) return UserChange.LastOwner;
            if (db.Execute(Update, Values(after, before.SessionEpoch)) == 0) return UserChange.Unknown;
            if (after.SessionEpoch != before.SessionEpoch) UserSessionTable.EndAll(db, after);
            AuditTable.Write(db, note);
            return UserChange.Done;
        }, stop);

    /// <returns>False when the user has changed since.</returns>
    public ValueTask<bool> SetTotpAsync(UserRow user, string? totp, string? pending, DateTimeOffset at, AuditNote note,
        CancellationToken stop) => store.Sql.WriteAsync(db =>
    {
        var which = new
        {
            tenant = user.TenantId, id = user.Id, was = user.SessionEpoch, before = user.Totp ?? "", totp, pending, at,
        };
        if (db.Execute(SetTotp, which) == 0) return false;
        AuditTable.Write(db, note);
        return true;
    }, stop);

    /// <summary>A code of this step is taken, and none of it or of one before is taken again.</summary>
    /// <returns>False when one was.</returns>
    public async ValueTask<bool> TakeStepAsync(UserRow user, long step, CancellationToken stop) => await store.Sql.WriteAsync(
        db => db.Execute(TakeStep, new { tenant = user.TenantId, id = user.Id, step }), stop) > 0;

    public ValueTask<UserChange> RemoveAsync(UserRow user, AuditNote note, CancellationToken stop) => store.Sql.WriteAsync(db =>
    {
        if (IsOwner(user) && HasNoOtherOwner(db, user)) return UserChange.LastOwner;
        UserSessionTable.EndAll(db, user);
        if (db.Execute(Remove, new { tenant = user.TenantId, id = user.Id }) == 0) return UserChange.Unknown;
        AuditTable.Write(db, note);
        return UserChange.Done;
    }, stop);

    private static bool IsOwner(UserRow user) => user is { Role: AgencyRoles.Owner, Status: UserRow.Active };

    private static bool LosesOwner(UserRow before, UserRow after) => IsOwner(before) && !IsOwner(after);

    private static bool HasNoOtherOwner(IDbConnection db, UserRow user) =>
        db.ExecuteScalar<long>(CountOtherOwners, new { tenant = user.TenantId, id = user.Id }) == 0;

    private static object Values(UserRow user, long was) => new
    {
        id = user.Id, tenant = user.TenantId, client = user.ClientId, email = user.Email, name = user.FullName, role = user.Role,
        hash = user.PasswordHash, status = user.Status, epoch = user.SessionEpoch, login = user.LastLoginAt, at = user.UpdatedAt, was,
    };
}
