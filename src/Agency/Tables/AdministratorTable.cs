using Dapper;
using Ringwright.Store;

namespace Ringwright.Agency.Tables;

/// <summary>Who looks after all agencies, and is of none.</summary>
internal sealed record AdministratorRow
{
    public Guid Id { get; init; }
    public string Email { get; init; } = "";
    public string PasswordHash { get; init; } = "";
    /// <summary>Rises when a token must no longer be good.</summary>
    public long SessionEpoch { get; init; }
    public DateTimeOffset? LastLoginAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>The rows of <c>platform_administrators</c>.</summary>
internal sealed class AdministratorTable(Database store)
{
    private const string Columns = "id, email, password_hash, session_epoch, last_login_at, created_at, updated_at";
    internal const string SelectByEmail = $"select {Columns} from platform_administrators where email = @email";
    internal const string SelectById = $"select {Columns} from platform_administrators where id = @id";
    internal const string Insert = """
        insert into platform_administrators (id, email, password_hash, session_epoch, created_at, updated_at)
        values (@id, @email, @hash, 0, @at, @at) on conflict (email) do nothing
        """;
    internal const string Update = """
        update platform_administrators set password_hash = @hash, session_epoch = @epoch, last_login_at = @login, updated_at = @at
        where id = @id and session_epoch = @was
        """;

    public ValueTask<AdministratorRow?> FindByEmailAsync(string email, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.QueryFirstOrDefault<AdministratorRow>(SelectByEmail, new { email }), stop);

    public ValueTask<AdministratorRow?> FindAsync(Guid id, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.QueryFirstOrDefault<AdministratorRow>(SelectById, new { id }), stop);

    /// <returns>False when there is one of this address.</returns>
    public async ValueTask<bool> AddAsync(AdministratorRow row, CancellationToken stop) =>
        await store.Sql.WriteAsync(db => db.Execute(Insert, Values(row, row.SessionEpoch)), stop) > 0;

    /// <returns>False when the row has got another epoch since.</returns>
    public async ValueTask<bool> ChangeAsync(AdministratorRow before, AdministratorRow after, CancellationToken stop) =>
        await store.Sql.WriteAsync(db => db.Execute(Update, Values(after, before.SessionEpoch)), stop) > 0;

    private static object Values(AdministratorRow row, long was) => new
    {
        id = row.Id, email = row.Email, hash = row.PasswordHash, epoch = row.SessionEpoch, login = row.LastLoginAt, at = row.UpdatedAt, was,
    };
}
