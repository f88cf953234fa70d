using System.Text.RegularExpressions;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Areas;

/// <summary>The areas that a database is opened with, each behind those that it builds on, and what they declare together.</summary>
internal sealed partial class StoreAreas
{
    public const string Core = "core";

    private StoreAreas(IReadOnlyList<StoreArea> all)
    {
        All = all;
        Tables = [.. all.SelectMany(area => area.Tables)];
    }

    /// <summary>Those of this project, with nothing of modules.</summary>
    public static IReadOnlyList<StoreArea> Own { get; } =
    [
        CoreArea.Area, AccessArea.Area, MoneyArea.Area, RoutingArea.Area, RecordingsArea.Area, CallsArea.Area, BundlesArea.Area,
        StreamsArea.Area, HostingArea.Area, ContactsArea.Area, CampaignsArea.Area, FlowsArea.Area, StockArea.Area,
        TextsArea.Area, CodesArea.Area, CarriersArea.Area,
    ];

    public IReadOnlyList<StoreArea> All { get; }

    /// <summary>Each refers only to those above it.</summary>
    public IReadOnlyList<StoreTable> Tables { get; }

    public IEnumerable<StoreTable> BeforeResources => Tables.Where(table => table is { IsInSnapshot: true, IsBeforeResources: true });

    public IEnumerable<StoreTable> AfterResources => Tables.Where(table => table is { IsInSnapshot: true, IsBeforeResources: false });

    /// <summary>Those with rows of accounts; each refers only to those below it.</summary>
    public IEnumerable<StoreTable> OfTenants => Tables.Where(table => table.IsOfTenants).Reverse();

    public IReadOnlyList<WatchedTable> Watched =>
        [.. from table in Tables where table.Watched is not null select new WatchedTable(table.Name, table.Watched!)]; // just asked for

    public IEnumerable<AgeRule> Aged => All.SelectMany(area => area.Aged);

    /// <summary>The own areas and those of modules, in the order in which they build on each other.</summary>
    /// <exception cref="StoreException">With what is wrong with one of them.</exception>
    public static StoreAreas Join(IEnumerable<StoreArea> others)
    {
        StoreArea[] given = [.. Own, .. others];
        foreach (var area in given) Check(area);
        if (Twice(given.Select(area => area.Name)) is { } name) throw new StoreException($"Two areas of the database are called '{name}'.");
        if (Twice(given.SelectMany(area => area.Tables).Select(table => table.Name)) is { } shared)
            throw new StoreException($"The table {shared} is in two areas of the database.");
        return new(Order(given));
    }

    /// <summary>The same with as many migrations of each as a program of before had.</summary>
    internal StoreAreas Until(Func<StoreArea, int> migrations) =>
        new([.. All.Select(area => area with { Migrations = [.. area.Migrations.Take(migrations(area))] })]);

    private static List<StoreArea> Order(StoreArea[] given)
    {
        var byName = given.ToDictionary(area => area.Name, StringComparer.Ordinal);
        var ordered = new List<StoreArea>();
        var way = new List<string>();
        foreach (var area in given) Add(area);
        return ordered;

        void Add(StoreArea area)
        {
            if (ordered.Contains(area)) return;
            if (way.Contains(area.Name))
            {
                string circle = string.Join(" on ", [.. way[way.IndexOf(area.Name)..], area.Name]);
                throw new StoreException($"Areas of the database build on each other: {circle}.");
            }
            way.Add(area.Name);
            foreach (string below in area.BuildsOn)
            {
                Add(byName.TryGetValue(below, out var known) ? known
                    : throw new StoreException($"The area '{area.Name}' of the database builds on '{below}', which is not there."));
            }
            way.RemoveAt(way.Count - 1);
            ordered.Add(area);
        }
    }

    private static void Check(StoreArea area)
    {
        if (!Word().IsMatch(area.Name))
            throw new StoreException($"'{area.Name}' is no name of an area: small letters, digits and '_' are.");
        for (int i = 0; i < area.Migrations.Count; i++)
        {
            if (area.Migrations[i].Version != i + 1)
            {
                throw new StoreException(
                    $"The migrations of area '{area.Name}' are not numbered from 1 without a gap: there is no {i + 1}.");
            }
        }
        foreach (var table in area.Tables)
        {
            if (!TableName().IsMatch(table.Name) && (table.Line is null || !Word().IsMatch(table.Name)))
                throw new StoreException($"'{table.Name}' of area '{area.Name}' is no name of a table: rw_ and a word are.");
            int decided = (table.IsInSnapshot ? 1 : 0) + (table.IsResource ? 1 : 0) + (table.LeftOut is null ? 0 : 1);
            if (decided != 1)
            {
                throw new StoreException(
                    $"The area '{area.Name}' does not say one thing of {table.Name} in snapshots: its columns, that it is "
                        + "a resource, or why it is left out.");
            }
        }
    }

    private static string? Twice(IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1)?.Key;

    [GeneratedRegex("^[a-z][a-z0-9_]{0,39}$")]
    private static partial Regex Word();

    [GeneratedRegex("^rw_[a-z][a-z0-9_]{0,55}$")]
    private static partial Regex TableName();
}
