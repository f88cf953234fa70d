using Ringwright.Http;
using Ringwright.Testing;

namespace Ringwright.Contract.Conformance.Dialects;

/// <summary>Of every dialect of the walk: nothing that its contract takes is passed over without a word.</summary>
public sealed class DialectParameterTests
{
    public static TheoryData<string> Names => DialectTests.Names;

    [Theory, MemberData(nameof(Names))]
    public void Each_parameter_has_one_row(string name)
    {
        var dialect = WalkedDialects.Find(name);
        string file = DialectParameters.FileOf(dialect), text = File.Exists(file) ? File.ReadAllText(file) : "";
        string whole = DialectParameters.Completed(text, dialect.Bare);
        if (Golden.IsWriting) File.WriteAllText(file, whole);
        else Assert.True(whole == text, $"contracts/{name}/parameters.tsv is old; ./ringwright golden rewrites it, "
            + "and refuses what the contract has learned: say why, or let it act");
    }

    [Theory, MemberData(nameof(Names))]
    public void As_many_act_as_did(string name)
    {
        var dialect = WalkedDialects.Find(name);
        int acting = dialect.Count(ParameterEffect.Acts);
        Assert.True(acting >= dialect.Least("parameters"), $"{acting} parameters act; {dialect.Least("parameters")} did");
    }

    [Theory, MemberData(nameof(Names))]
    public void What_is_stored_is_of_a_body_and_shown(string name)
    {
        foreach (var operation in WalkedDialects.Find(name).Contract.Operations)
            foreach (var rule in operation.Rules.Where(rule => rule.Effect is ParameterEffect.Stored))
            {
                Assert.Equal(ParameterPlace.Body, rule.In);
                Assert.True(operation.Replies.Any(reply => reply.Json is not null),
                    $"{operation.Id} shows nothing, and so not {rule.Name}");
            }
    }

    [Fact]
    public void What_the_contract_has_learned_is_refused_by_name_and_what_it_has_forgotten_goes()
    {
        var dialect = WalkedDialects.Find("chakra");
        string text = File.ReadAllText(DialectParameters.FileOf(dialect));
        const string Row = "DisposeCall\tnotes\tbody\tacts\t-\tcontract\n";
        Assert.Contains(Row, text, StringComparison.Ordinal);

        string without = DialectParameters.Completed(text.Replace(Row, "", StringComparison.Ordinal), dialect.Bare);
        Assert.Contains($"DisposeCall\tnotes\tbody\trefused\t{DialectParameters.Unbuilt}\tcontract\n", without,
            StringComparison.Ordinal);
        Assert.Equal(without, DialectParameters.Completed(without, dialect.Bare));

        string beside = DialectParameters.Completed(text + "DisposeCall\tno_such_field\tbody\tacts\t-\tcontract\n", dialect.Bare);
        Assert.Equal(text, beside);
        // What only clients know stays.
        string newer = DialectParameters.Completed(text + "DisposeCall\tno_such_field\tbody\tacts\t-\tsdk\n", dialect.Bare);
        Assert.Contains("DisposeCall\tno_such_field\t", newer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_dialect_begins_with_rows_that_all_refuse()
    {
        var contract = WalkedDialects.Find("chakra").Bare;
        var rows = Http.Rows.Of(DialectParameters.Completed("", contract),
            "operation", "parameter", "where", "effect", "reason", "known_to").ToList();
        Assert.All(rows, row => Assert.Equal("refused", row[3]));
        var asked = contract.Operations.Where(operation => ParameterNames.Of(operation).Any()).Select(operation => operation.Id);
        Assert.Equal(asked, rows.Select(row => row[0]).Distinct());
        // What is inside of one that is refused is refused with it.
        Assert.DoesNotContain(rows, row => rows.Any(outer =>
            outer[0] == row[0] && row[1].StartsWith(outer[1] + "/", StringComparison.Ordinal)));
    }
}
