using Ringwright.Testing;

namespace Ringwright.Architecture;

public sealed class AllocationTests
{
    /// <summary>The other way round the budgets see to it themselves: a path without a row fails its test.</summary>
    [Fact]
    public void Each_budget_of_a_path_and_of_a_node_is_checked_by_a_test()
    {
        string tests = string.Concat(Directory.EnumerateFiles(Repository.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/node_modules/", StringComparison.Ordinal)).Select(File.ReadAllText));
        Assert.NotEmpty(AllocationBudget.All);
        Assert.NotEmpty(NodeBudget.All);
        Rule.Holds(AllocationBudget.All.Keys.Concat(NodeBudget.All.Keys)
            .Where(path => !tests.Contains($"\"{path}\"", StringComparison.Ordinal)).Select(path => $"no test names '{path}'"));
    }
}
