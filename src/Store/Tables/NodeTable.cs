using System.Data;
using System.Security.Cryptography;
using Dapper;
using Ringwright.Core;

namespace Ringwright.Store.Tables;

/// <summary>Who this node is. Its epoch rises with each opening of the database.</summary>
internal static class NodeTable
{
    internal const string Count = "select count(*) from rw_node";
    internal const string SelectTokenKey = "select token_key from rw_node where number = @node";
    internal const string SelectFirst = "select number, token_key from rw_node order by number limit 1";
    internal const string Insert = "insert into rw_node (number, epoch, token_key, opened_at) values (@node, 1, @tokenKey, @at)";
    internal const string Rise = "update rw_node set epoch = epoch + 1, beat = beat + 1, opened_at = @at where number = @node";
    internal const string SelectEpoch = "select epoch from rw_node where number = @node";

    /// <summary>A write that changes nothing, to see whether the database takes one.</summary>
    internal const string Touch = "update rw_node set epoch = epoch where number = @node";

    internal const string Beat = "update rw_node set beat = beat + 1 where number = @node returning losses";
    internal const string SelectBeats = "select number, beat from rw_node where number <> @node";
    internal const string SelectBeat = "select beat from rw_node where number = @node";
    // For a process of it that comes back late: it must not go on.
    internal const string Bury = "update rw_node set epoch = epoch + 1 where number = @node and beat = @beat";
    internal const string Lose = "update rw_node set losses = losses + 1 where number = @node";

    internal const string Sign = "update rw_node set alive_epoch = @epoch, alive_nanos = @nanos where number = @node";
    internal const string SelectSign =
        "select alive_epoch as epoch, alive_nanos as nanos from rw_node where number = @node and alive_epoch is not null";

    /// <summary>This node is alive.</summary>
    public static void WriteSign(IDbConnection db, NodeIdentity node, Instant now) =>
        db.Execute(Sign, new { node = node.Node, epoch = (long)node.Epoch, nanos = now.Nanos });

    /// <summary>When a process of this node last said that it was alive, by its own clock, and which it was.</summary>
    public static LifeSign? ReadSign(IDbConnection db, int node) =>
        db.QuerySingleOrDefault<Row>(SelectSign, new { node }) is { } row ? new((uint)row.Epoch, new(row.Nanos)) : null;

    public static NodeIdentity Open(IDbConnection db, SecretBox box, int node, DateTimeOffset at)
    {
        string purpose = PurposeOf(node);
        if (db.QuerySingleOrDefault<string>(SelectTokenKey, new { node }) is { } stored)
        {
            byte[] known = box.Unseal(stored, purpose);
            db.Execute(Rise, new { node, at });
            return new(node, (uint)db.ExecuteScalar<long>(SelectEpoch, new { node }), known);
        }
        // Nodes of one database know each other's tokens: whoever is asked about a call of another finds it.
        // This also shows that the data folder has their key.
        byte[] fresh = db.QuerySingleOrDefault<KeyRow>(SelectFirst) is { } first
            ? box.Unseal(first.TokenKey, PurposeOf(first.Number))
            : RandomNumberGenerator.GetBytes(32);
        db.Execute(Insert, new { node, tokenKey = box.Seal(fresh, purpose), at });
        return new(node, 1, fresh);
    }

    private static string PurposeOf(int node) => $"token key of node {node}";

    private sealed record KeyRow
    {
        public int Number { get; init; }
        public string TokenKey { get; init; } = "";
    }

    private sealed record Row
    {
        public long Epoch { get; init; }
        public long Nanos { get; init; }
    }
}

/// <param name="At">Of the clock of the process with that epoch: good for distances to its events.</param>
internal sealed record LifeSign(uint Epoch, Instant At);
