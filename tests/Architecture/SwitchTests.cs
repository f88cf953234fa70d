using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Ringwright.Testing;

namespace Ringwright.Architecture;

/// <summary>
/// A closed union is an abstract record with its cases inside (<c>LegCommand</c>, <c>CallEvent</c>, <c>ShardMessage</c>, …).
/// Who switches over one names each of its cases and ends in UnreachableException: a case that is added breaks this test wherever somebody
/// has to think about it, and is dropped nowhere in silence. Who wants one or two cases of many asks with <c>is</c>.
/// </summary>
public sealed class SwitchTests
{
    /// <summary>Enums whose members are cases in the same sense. What an unnamed timer of a leg did was to hang it up.</summary>
    private static readonly string[] Enums = ["LegTimer"];

    private const string Thrown = "UnreachableException";

    /// <summary>The union of what is to be done outside of a shard.</summary>
    private const string Done = "Effect";

    private static readonly IReadOnlyList<(string Path, CompilationUnitSyntax Root)> Files = Read("src");
    private static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> Unions = FindUnions();

    private static List<(string, CompilationUnitSyntax)> Read(string folder) =>
    [
        .. Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path.GetRelativePath(Repository.Root, file), CSharpSyntaxTree.ParseText(File.ReadAllText(file),
                new CSharpParseOptions(LanguageVersion.Preview)).GetCompilationUnitRoot())),
    ];

    private static Dictionary<string, IReadOnlyList<string>> FindUnions()
    {
        var unions = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var node in Files.SelectMany(file => file.Root.DescendantNodes()))
        {
            if (node is RecordDeclarationSyntax { Parent: not TypeDeclarationSyntax } record
                && record.Modifiers.Any(SyntaxKind.AbstractKeyword))
            {
                var cases = record.Members.OfType<RecordDeclarationSyntax>()
                    .Where(r => r.BaseList?.Types[0].Type.ToString() == record.Identifier.Text).Select(r => r.Identifier.Text).ToList();
                if (cases.Count > 0)
                    Assert.True(unions.TryAdd(record.Identifier.Text, cases), $"two unions are called {record.Identifier.Text}");
            }
            if (node is EnumDeclarationSyntax members && Enums.Contains(members.Identifier.Text))
                unions.Add(members.Identifier.Text, [.. members.Members.Select(m => m.Identifier.Text)]);
        }
        return unions;
    }

    [Fact]
    public void A_switch_over_a_closed_union_names_each_case_and_ends_in_UnreachableException()
    {
        Assert.InRange(Unions.Count, 15, 100);
        var bad = new List<string>();
        int seen = 0;
        foreach (var (path, root) in Files)
        {
            foreach (var node in root.DescendantNodes())
            {
                if (Arms.Of(node) is not { } arms || Unions.Keys.FirstOrDefault(arms.IsOver) is not { } union) continue;
                seen++;
                bad.AddRange(Faults(path, node, arms, union));
            }
        }
        Rule.Holds(bad);
        Assert.InRange(seen, 20, 1_000);
    }

    /// <summary>
    /// A simulated node and the tests' rig stand for the edge: they do what shards ask for, or say by name why they do nothing. The
    /// compiler asks each for every kind of effect. Whoever only watches in the simulator, or puts things into words, takes what it looks
    /// for.
    /// </summary>
    [Fact]
    public void A_node_and_who_stands_in_for_one_do_each_effect_by_the_same_interpreter()
    {
        IReadOnlyList<(string Path, CompilationUnitSyntax Root)> all = [.. Files, .. Read("tests/Simulation"), .. Read("tests/Pure")];
        var places = from file in all
                     where file.Root.DescendantNodes().OfType<SwitchStatementSyntax>()
                         .Any(node => Arms.Of(node) is { } arms && arms.IsOver(Done))
                     select file.Path;
        Assert.Equal(["src/Switch/EffectInterpreter.cs"], places);
    }

    private static IEnumerable<string> Faults(string path, SyntaxNode node, Arms arms, string union)
    {
        string place = $"{path}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1} over {union}";
        if (!arms.EndsInThrow) yield return $"{place} does not end in {Thrown}";
        foreach (string name in Unions[union].Where(name => !arms.Takes(union, name))) yield return $"{place} has no word about {name}";
    }

    /// <summary>
    /// The arms of a switch of either form: what each asks for, whether under a condition, and whether the last one throws.
    /// </summary>
    private sealed record Arms(IReadOnlyList<(PatternSyntax? Pattern, bool IsConditional)> All, bool EndsInThrow)
    {
        public static Arms? Of(SyntaxNode node) => node switch
        {
            SwitchExpressionSyntax expression => new(
                [.. expression.Arms.Select(arm => ((PatternSyntax?)arm.Pattern, arm.WhenClause is not null))],
                expression.Arms is [.., { Pattern: DiscardPatternSyntax, WhenClause: null, Expression: ThrowExpressionSyntax last }]
                    && IsUnreachable(last.Expression)),
            SwitchStatementSyntax statement => new(
                [.. statement.Sections.SelectMany(section => section.Labels).Select(label => label switch
                {
                    CasePatternSwitchLabelSyntax labelled => ((PatternSyntax?)labelled.Pattern, labelled.WhenClause is not null),
                    CaseSwitchLabelSyntax plain => (SyntaxFactory.ConstantPattern(plain.Value), false),
                    _ => (null, false),
                })],
                statement.Sections is [.., { Labels: [DefaultSwitchLabelSyntax], Statements: [ThrowStatementSyntax last] }]
                    && IsUnreachable(last.Expression)),
            _ => null,
        };

        public bool IsOver(string union) => All.Any(arm => Names(arm.Pattern).Any(name => name.Union == union));

        /// <summary>In some arm without a condition.</summary>
        public bool Takes(string union, string name) =>
            All.Any(arm => !arm.IsConditional && Names(arm.Pattern).Contains((union, name, false)));

        private static bool IsUnreachable(ExpressionSyntax? thrown) =>
            thrown is ObjectCreationExpressionSyntax made && made.Type.ToString().EndsWith(Thrown, StringComparison.Ordinal);

        /// <summary>
        /// The cases that a pattern asks for itself, not inside of what it asks for; partly: only some values of the case.
        /// </summary>
        private static IEnumerable<(string Union, string Name, bool IsPart)> Names(PatternSyntax? pattern) => pattern switch
        {
            BinaryPatternSyntax both => Names(both.Left).Concat(Names(both.Right)),
            ParenthesizedPatternSyntax inner => Names(inner.Pattern),
            DeclarationPatternSyntax declared => Name(declared.Type, isPart: false),
            TypePatternSyntax type => Name(type.Type, isPart: false),
            ConstantPatternSyntax { Expression: MemberAccessExpressionSyntax member } =>
                Name(SyntaxFactory.ParseTypeName(member.ToString()), isPart: false),
            RecursivePatternSyntax { Type: { } type } recursive => Name(type, isPart: !IsAlways(recursive)),
            _ => [],
        };

        private static bool IsAlways(RecursivePatternSyntax pattern) =>
            pattern is { PositionalPatternClause: null, PropertyPatternClause.Subpatterns: var parts }
            && parts.All(part => part.Pattern is VarPatternSyntax or DiscardPatternSyntax);

        private static IEnumerable<(string Union, string Name, bool IsPart)> Name(TypeSyntax type, bool isPart) =>
            type.ToString().Split('.') is [.., var union, var name] ? [(union, name, isPart)] : [];
    }
}
