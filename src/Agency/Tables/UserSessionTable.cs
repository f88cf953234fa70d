using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Agency.Tables;

/// <summary>What came of a refresh token.</summary>
/// <param name="Turn">That of the sign-in from then on; null when the token is not good any more.</param>
/// <param name="IsCopied">An older token of the sign-in was used: somebody else has it, and the sign-in has ended.</param>
internal readonly record struct SessionTurn(long? Turn, bool IsCopied);

/// <summary>The rows of <c>user_sessions</c>: a sign-in goes on by its refresh tokens, each of which is good once.</summary>
internal sealed class UserSessionTable(Database store)
{
    /// <summary>Sign-ins that one user may have at a time: one more ends the one that was used the longest ago.</summary>
    private const int Most = 100;

    /// <summary>Whoever lost the answer, or asked twice at once, may ask again with the token before.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    internal const string Insert = """
        insert into user_sessions (id, tenant_id, user_id, turn, created_at, used_at, ends_at)
        values (@id, @tenant, @user, 0, @at, @at, @ends)
        """;
    internal const string DeleteOld = """
        delete from user_sessions where tenant_id = @tenant and user_id = @user and (ends_at <= @at or id in (
            select id from user_sessions where tenant_id = @tenant and user_id = @user order by used_at desc, id desc
            limit @step offset @most))
        """;
    internal const string Turn = """
        update user_sessions set turn = turn + 1, used_at = @at, ends_at = @ends
        where tenant_id = @tenant and id = @id and turn = @turn and ends_at > @at
        """;
    internal const string Select = "select turn, used_at, ends_at from user_sessions where tenant_id = @tenant and id = @id";
    internal const string Delete = "delete from user_sessions where tenant_id = @tenant and id = @id";
    internal const string DeleteOfUser = "delete from user_sessions where tenant_id = @tenant and user_id = @user";

    /// <returns>What its tokens name.</returns>
    public ValueTask<Guid> OpenAsync(UserRow user, DateTimeOffset at, TimeSpan life, CancellationToken stop)
    {
        var id = Guid.CreateVersion7(at);
        return store.Sql.WriteAsync(db =>
        {
            db.Execute(Insert, new { id, tenant = user.TenantId, user = user.Id, at, ends = at + life });
            db.Execute(DeleteOld, new { tenant = user.TenantId, user = user.Id, at, step = Most, most = Most });
            return id;
        }, stop);
    }

    /// <summary>Takes a refresh token, so that the sign-in goes on for <paramref name="life"/>.</summary>
    public ValueTask<SessionTurn> TurnAsync(TenantId agency, Guid id, long turn, DateTimeOffset at, TimeSpan life,
        CancellationToken stop) => store.Sql.WriteAsync(db =>
    {
        if (db.Execute(Turn, new { tenant = agency, id, turn, at, ends = at + life }) > 0)
            return new SessionTurn(turn + 1, IsCopied: false);
        if (db.QueryFirstOrDefault<Stand>(Select, new { tenant = agency, id }) is not { } stand || stand.EndsAt <= at) return default;
        if (stand.Turn == turn + 1 && at - stand.UsedAt < Grace) return new SessionTurn(stand.Turn, IsCopied: false);
        db.Execute(Delete, new { tenant = agency, id });
        return new SessionTurn(null, IsCopied: true);
    }, stop);

    public async ValueTask EndAsync(TenantId agency, Guid id, CancellationToken stop) =>
        await store.Sql.WriteAsync(db => db.Execute(Delete, new { tenant = agency, id }), stop);

    /// <summary>All of a user's.</summary>
    public static void EndAll(IDbConnection db, UserRow user) => db.Execute(DeleteOfUser, new { tenant = user.TenantId, user = user.Id });

    private sealed record Stand
    {
        public long Turn { get; init; }
        public DateTimeOffset UsedAt { get; init; }
        public DateTimeOffset EndsAt { get; init; }
    }
}
