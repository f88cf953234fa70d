using Dapper;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>A private key that access tokens are signed with (PKCS #8).</summary>
public sealed record OAuthKey(int Number, ReadOnlyMemory<byte> Secret, DateTimeOffset CreatedAt);

/// <summary>The installation's keys for access tokens, sealed. They belong to no tenant.</summary>
public sealed class OAuthKeyTable
{
    internal const string SelectMany = "select number, secret, created_at from rw_oauth_key order by number";
    internal const string Insert =
        "insert into rw_oauth_key (number, secret, created_at) values (@number, @secret, @at) on conflict (number) do nothing";
    internal const string Delete = "delete from rw_oauth_key where number < @number";

    private readonly Sql _sql;
    private readonly SecretBox _box;

    internal OAuthKeyTable(Sql sql, SecretBox box) => (_sql, _box) = (sql, box);

    /// <summary>Oldest first.</summary>
    public async ValueTask<IReadOnlyList<OAuthKey>> ListAsync(CancellationToken stop) =>
        [.. (await _sql.ReadAsync(db => db.Query<Row>(SelectMany), stop).ConfigureAwait(false))
            .Select(row => new OAuthKey(row.Number, _box.Unseal(row.Secret, PurposeOf(row.Number)), row.CreatedAt))];

    /// <summary>Adds the key; when another node was faster, its key stands.</summary>
    public async ValueTask AddAsync(OAuthKey key, CancellationToken stop)
    {
        string secret = _box.Seal(key.Secret.Span, PurposeOf(key.Number));
        await _sql.WriteAsync(db => db.Execute(Insert, new { number = key.Number, secret, at = key.CreatedAt }),
            stop).ConfigureAwait(false);
    }

    /// <summary>Takes away those before <paramref name="number"/>.</summary>
    public async ValueTask RemoveBeforeAsync(int number, CancellationToken stop) =>
        await _sql.WriteAsync(db => db.Execute(Delete, new { number }), stop).ConfigureAwait(false);

    private static string PurposeOf(int number) => $"token key {number}";

    internal sealed record Row
    {
        public int Number { get; init; }
        public string Secret { get; init; } = "";
        public DateTimeOffset CreatedAt { get; init; }
    }
}
