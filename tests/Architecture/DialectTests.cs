using System.Reflection;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx;
using Ringwright.Testing;

namespace Ringwright.Architecture;

/// <summary>What each dialect must have an answer for: every operation, every event of a leg, every refusal.</summary>
public sealed class DialectTests
{
    // Dialects that command legs. The operator's API only tries a line.
    private static readonly Assembly[] CallDialects =
        [typeof(TelnyxDialect).Assembly, typeof(Ringwright.Texml.Twiml.TwimlDialect).Assembly,
            typeof(Ringwright.Telefonie.TelefonieDialect).Assembly];

    /// <summary>Those that tell of calls.</summary>
    private static readonly Assembly[] TellingDialects = CallDialects;

    public static TheoryData<string> Telling => [.. TellingDialects.Select(a => a.GetName().Name!["Ringwright.".Length..])];

    public static TheoryData<string> Dialects => [.. CallDialects.Select(a => a.GetName().Name!["Ringwright.".Length..])];

    private static Assembly AssemblyOf(string dialect) => TellingDialects.Single(a => a.GetName().Name == $"Ringwright.{dialect}");

    [Fact]
    public void Every_operation_has_one_binding()
    {
        var contract = TelnyxContract.Read();
        var bound = TelnyxBindings.Rows(contract, TelnyxParts.None).Select(row => row.Operation).ToList();
        Rule.Holds(bound.GroupBy(id => id, StringComparer.Ordinal).Where(g => g.Count() > 1)
            .Select(g => $"{g.Key} is bound {g.Count()} times"));
        Rule.Holds(contract.Operations.Concat(contract.Extensions).Select(o => o.Id).Except(bound, StringComparer.Ordinal)
            .Select(id => $"{id} has no binding"));
        Rule.Holds(bound.Except(contract.Operations.Concat(contract.Extensions).Select(o => o.Id), StringComparer.Ordinal)
            .Select(id => $"{id} is no operation"));
        Assert.Equal(822, contract.Operations.Count);
    }

    [Fact]
    public void An_absent_operation_says_why() =>
        Rule.Holds(TelnyxBindings.Rows(TelnyxContract.Read(), TelnyxParts.None).OfType<Binding.Absent>().Where(a => a.Reason.Length < 10)
            .Select(a => a.Operation));

    [Theory, MemberData(nameof(Telling))]
    public void Every_event_of_a_leg_is_projected_or_listed_as_ignored(string dialect)
    {
        // Another projector beside that of the dialect's webhooks may tell of some events alone.
        var projectors = AssemblyOf(dialect).GetTypes()
            .Where(t => t is { IsInterface: false, IsAbstract: false } && t.IsAssignableTo(typeof(IProjector))).ToList();
        if (projectors.Count == 0) return;
        var ignored = projectors.Select(p => p.GetProperty("Ignored", BindingFlags.Public | BindingFlags.Static)).OfType<PropertyInfo>()
            .SelectMany(p => (IReadOnlyList<Type>)p.GetValue(null)!).ToList();
        Assert.NotEmpty(ignored);
        string code = string.Concat(Directory.EnumerateFiles(Repository.PathOf("src", dialect), "*.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText));
        var events = typeof(CallEvent).GetNestedTypes().Where(t => t.IsAssignableTo(typeof(CallEvent))).ToList();
        Assert.NotEmpty(events);
        Rule.Holds(events.Except(ignored).Where(e => !code.Contains($"CallEvent.{e.Name}", StringComparison.Ordinal))
            .Select(e => $"{dialect} neither projects nor ignores {e.Name}"));
    }

    [Theory, MemberData(nameof(Dialects))]
    public void Every_refusal_has_a_row_in_the_dialects_error_table(string dialect)
    {
        var tables = AssemblyOf(dialect).GetTypes()
            .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(f => f.FieldType.IsAssignableTo(typeof(IReadOnlyDictionary<Refusal, Problem>)))
            .Select(f => (IReadOnlyDictionary<Refusal, Problem>)f.GetValue(null)!) // static tables are filled
            .ToList();
        var table = Assert.Single(tables);
        Rule.Holds(Enum.GetValues<Refusal>().Where(r => !table.ContainsKey(r)).Select(r => $"{r} has no row"));
    }
}
