using System.Data.Common;

namespace Ringwright.Store.Engines;

/// <summary>What a driver's exception means to us.</summary>
internal enum Trouble
{
    /// <summary>The database cannot do its work: a full disk, a broken file, a bug.</summary>
    Broken,
    /// <summary>Another program is in the way; the same again may succeed.</summary>
    Busy,
    /// <summary>A constraint says no to this row; others are not concerned.</summary>
    Refused,
    /// <summary>The same, because of a reference to another row.</summary>
    RefusedByReference,
}

/// <summary>A database product: all that differs between two of them.</summary>
internal interface IEngine
{
    /// <summary>Where the database is, for people; never with a password.</summary>
    string Place { get; }

    /// <summary>Product and version.</summary>
    string Library { get; }

    /// <summary>Statements that begin a transaction: one that writes, and one that sees a single moment of all tables.</summary>
    string BeginWrite { get; }
    string BeginRead { get; }

    DbConnection Open(bool isReader);

    /// <summary>A migration's text with its directives expanded (see the head of 0001).</summary>
    string Expand(string migration);

    Trouble TroubleOf(Exception failure);
}

internal static class EngineFailures
{
    public static bool IsRefusal(this IEngine engine, Exception failure) => engine.TroubleOf(failure) is Trouble.Refused or Trouble.RefusedByReference;
}

internal static class Commands
{
    /// <summary>For statements without parameters. Not through Dapper, which takes one-word texts such as "commit" for procedures.</summary>
    public static void Run(this DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
