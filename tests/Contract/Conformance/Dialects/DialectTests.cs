using Ringwright.Testing;

namespace Ringwright.Contract.Conformance.Dialects;

/// <summary>
/// Every dialect but the first provider's, whose walk is <see cref="ConformanceTests"/>: how each of its operations refuses, and the life
/// of what its rows make, with another account that tries the same.
/// </summary>
[Collection(nameof(HostileBodies))]
public sealed class DialectTests(ConformanceNode node)
{
    public static TheoryData<string> Names => [.. WalkedDialects.All.Select(dialect => dialect.Name)];

    public static TheoryData<string, string> Things()
    {
        var rows = new TheoryData<string, string>();
        foreach (var dialect in WalkedDialects.All)
            foreach (var row in dialect.Things) rows.Add(dialect.Name, row.Create);
        return rows;
    }

    [Theory, MemberData(nameof(Names))]
    public Task Nothing_is_answered_without_a_credential(string name) => CheckAsync(name, floor => floor.CheckCredentialsAsync());

    [Theory, MemberData(nameof(Names))]
    public Task Nothing_is_changed_by_a_key_that_only_reads(string name) => name is "operator" ? Task.CompletedTask
        : CheckAsync(name, floor => floor.CheckRolesAsync(), isEach: false);

    [Theory, MemberData(nameof(Names))]
    public Task A_path_or_a_method_that_is_not_there_is_said_so(string name) => CheckAsync(name, floor => floor.CheckPathsAsync());

    [Theory, MemberData(nameof(Names))]
    public Task A_body_that_cannot_be_read_or_does_not_fit_is_refused(string name) => CheckAsync(name, floor => floor.CheckBodiesAsync());

    [Theory, MemberData(nameof(Names))]
    public Task A_parameter_of_another_type_is_refused(string name) =>
        CheckAsync(name, floor => floor.CheckParametersAsync(), isEach: false);

    [Theory, MemberData(nameof(Names))]
    public Task What_nobody_has_is_not_there(string name) => CheckAsync(name, floor => floor.CheckUnknownAsync());

    [Theory, MemberData(nameof(Names))]
    public Task Each_collection_of_a_new_account_is_read(string name) => CheckAsync(name, floor => floor.CheckListsAsync());

    [Theory, MemberData(nameof(Names))]
    public Task What_is_absent_says_so(string name) => CheckAsync(name, floor => floor.CheckAbsentAsync(), isEach: false);

    [Theory, MemberData(nameof(Things))]
    public async Task A_thing_lives_as_the_contract_says_and_is_nobody_elses(string name, string create)
    {
        var dialect = WalkedDialects.Find(name);
        var row = dialect.Things.Single(thing => thing.Create == create);
        var faults = await new ThingWalk(await node.DialectsAsync(), dialect, row).RunAsync();
        Faults.None(faults);
    }

    [Theory, MemberData(nameof(Things))]
    public async Task No_field_is_answered_with_a_fault_of_ours(string name, string create)
    {
        var dialect = WalkedDialects.Find(name);
        var row = dialect.Things.Single(thing => thing.Create == create);
        if (row.IsDear) return;
        var faults = await new ThingWalk(await node.DialectsAsync(), dialect, row).RunHostileAsync(new(11));
        Faults.None(faults);
    }

    [Theory, MemberData(nameof(Names))]
    public void The_list_of_what_is_proven_is_what_the_rows_prove(string name)
    {
        string file = Repository.PathOf("contracts", name, "proven.tsv");
        string text = "operation\n" + string.Concat(WalkedDialects.Find(name).Proven.Select(operation => operation.Id + "\n"));
        if (Golden.IsWriting) File.WriteAllText(file, text);
        Assert.True(File.Exists(file) && File.ReadAllText(file) == text,
            $"contracts/{name}/proven.tsv is old; ./ringwright golden rewrites it");
    }

    [Theory, MemberData(nameof(Names))]
    public async Task What_was_reached_is_not_lost(string name)
    {
        var dialect = WalkedDialects.Find(name);
        var real = await (await node.DialectsAsync()).RealAsync(dialect);
        Assert.True(real.Count >= dialect.Least("operations"), $"{real.Count} operations are in; {dialect.Least("operations")} were");
        Assert.True(dialect.Proven.Count >= dialect.Least("proven"), $"{dialect.Proven.Count} are proven; {dialect.Least("proven")} were");
        Assert.All(dialect.Proven, operation => Assert.Contains(operation, real));
    }

    /// <param name="isEach">Every dialect has operations of the kind.</param>
    private async Task CheckAsync(string name, Func<DialectFloor, Task> check, bool isEach = true)
    {
        var floor = new DialectFloor(await node.DialectsAsync(), WalkedDialects.Find(name));
        await check(floor);
        Faults.None(floor.Faults, floor.Asked);
        Assert.True(!isEach || floor.Asked > 0, "Nothing was asked.");
    }
}
