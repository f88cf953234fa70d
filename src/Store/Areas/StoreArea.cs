using Ringwright.Store.Migrations;

namespace Ringwright.Store.Areas;

/// <summary>
/// A part of the database that has one owner: its tables, how they came to be, and all that the store must know of them. Those of this
/// project are in <see cref="StoreAreas.Own"/>; a module brings its own by <see cref="DatabaseOptions.Areas"/>. What a name says twice,
/// what an area builds on and is not there, and areas that build on each other are refused when the database is opened (ADR 80).
/// </summary>
/// <param name="Name">In the database's record of its schema; it must never change. Small letters, digits and "_".</param>
public sealed record StoreArea(string Name)
{
    /// <summary>The areas whose tables its own refer to, or that its statements name. All build on the core without saying so.</summary>
    public IReadOnlyList<string> BuildsOn { get; init; } = [];

    /// <summary>
    /// From 1 on, without a gap; see <see cref="Migration.Embedded(System.Reflection.Assembly, string)"/>. What is here has been released:
    /// it is never changed, and what comes later is one more.
    /// </summary>
    public IReadOnlyList<Migration> Migrations { get; init; } = [];

    /// <summary>All of its tables. One refers only to those above it, and to those of areas that this one builds on.</summary>
    public IReadOnlyList<StoreTable> Tables { get; init; } = [];

    /// <summary>What of its rows goes when it is old, in the order in which it goes.</summary>
    public IReadOnlyList<AgeRule> Aged { get; init; } = [];
}
