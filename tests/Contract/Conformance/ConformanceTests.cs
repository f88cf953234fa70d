using Ringwright.Http;
using Ringwright.Testing;

namespace Ringwright.Contract.Conformance;

/// <summary>
/// The contract against the running program. What is bound is proven by its row under <c>Arrange</c>; what is absent says so.
/// <c>RINGWRIGHT_PROVE=TEXT</c> walks only the rows with this text in the operation or its path; <c>RINGWRIGHT_FAMILIES=A|B</c>, which
/// <c>./ringwright test --changed</c> sets, only those of these families, or all where there is none.
/// </summary>
[Collection(nameof(ConformanceNode))]
public sealed class ConformanceTests(ConformanceNode node)
{
    public static TheoryData<string> Named => [.. Chosen().Where(IsAsked).Select(r => r.Operation)];

    private static IReadOnlyList<Row> Chosen()
    {
        string[] families = (Environment.GetEnvironmentVariable("RINGWRIGHT_FAMILIES") ?? "").Split('|');
        var rows = Rows.All.Where(row => Rows.ResourceOf(row).All.Any(operation => families.Contains(operation.Family))).ToList();
        return rows.Count > 0 ? rows : [.. Rows.All];
    }

    private static bool IsAsked(Row row) => Environment.GetEnvironmentVariable("RINGWRIGHT_PROVE") is not { Length: > 0 } text
        || row.Operation.Contains(text, StringComparison.OrdinalIgnoreCase)
        || Rows.OperationOf(row).Path.Contains(text, StringComparison.Ordinal);

    [Theory, MemberData(nameof(Named))]
    public async Task What_a_row_stands_for_is_as_the_contract_says(string operation)
    {
        var faults = await new Walk(node, Rows.Find(operation)!).RunAsync();
        Faults.None(faults);
    }

    [Fact]
    public async Task What_is_absent_answers_501_and_says_that_it_will_not_help_to_ask_again()
    {
        var faults = new List<string>();
        foreach (var operation in Rows.Absent.Where(o => o.Place is not OperationPlace.Storage))
        {
            var ask = new Ask(operation, [.. operation.PathNames.Select(_ => "x1")], QueryOf(operation), null);
            if (ask.Schema is { } schema) ask = ask with { Body = new Http.Tests.SampleBodies(new(3)).Make(schema) };
            var answer = await node.Owner.SendAsync(ask);
            if (answer.Status != 501 || answer.Code != "10041" || answer.Headers.GetValueOrDefault("x-should-retry") != "false"
                || !answer.IsProblem) faults.Add($"{operation}: {answer}");
            if (!operation.IsPublic && (await node.Nobody.SendAsync(ask)).Status != 401) faults.Add($"{operation} without a key is no 401");
        }
        Faults.None(faults);
    }

    /// <summary>Required query parameters with a value that fits.</summary>
    private static string QueryOf(Operation operation) =>
        string.Join('&', operation.Parameters.Where(p => p is { In: ParameterPlace.Query, IsRequired: true, IsDeep: false })
            .Select(p => $"{Uri.EscapeDataString(p.Name)}={Uri.EscapeDataString(Http.Tests.EveryOperation.ValueFor(p.Schema))}"));

    [Fact]
    public void The_list_of_what_is_proven_is_what_the_rows_prove()
    {
        string file = Repository.PathOf("contracts", "telnyx", "proven.tsv");
        string text = "operation\n"
            + string.Concat(Rows.Contract.Operations.Where(o => Rows.Proven.Contains(o.Id)).Select(o => o.Id + "\n"));
        if (Golden.IsWriting) File.WriteAllText(file, text);
        Assert.True(File.ReadAllText(file) == text, "contracts/telnyx/proven.tsv is old; ./ringwright golden rewrites it");
    }

    [Fact]
    public void Every_row_is_for_an_operation_that_is_bound()
    {
        var bound = Rows.Bound.Select(o => o.Id).ToHashSet(StringComparer.Ordinal);
        Assert.All(Rows.All, row => Assert.Contains(Rows.OperationOf(row).Id, bound));
        Assert.All(UnknownIds.Named,
            row => Assert.Contains(Rows.Contract.Operations, o => row.Scope == "family" ? o.Family == row.Name : o.Id == row.Name));
    }
}
