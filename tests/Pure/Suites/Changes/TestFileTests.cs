using Ringwright.Suites.Changes;

namespace Ringwright.Pure.Suites.Changes;

/// <summary>What is read of a test's file, and who names whom.</summary>
public sealed class TestFileTests
{
    [Fact]
    public void Its_outermost_types_are_declared_and_public_classes_may_hold_tests()
    {
        var file = TestFile.Read("a.cs", """
            namespace A.B;

            /// <summary>class Remark</summary>
            public abstract class Base
            {
                private sealed class Nested;
            }
            public sealed class OneTests : Base;
            internal sealed record Row(int X);
            public static class More { public static int Twice<T>(this T x) => 2; }
            public delegate Task<int> Ask(string text);
            """);
        Assert.Equal(new[] { "Ask", "Base", "More", "OneTests", "Row", "Twice" }, file.Declares.Order());
        Assert.Equal(["A.B.OneTests"], file.Classes);
        Assert.False(file.IsFelt);
    }

    [Fact]
    public void Who_names_it_by_way_of_others_is_found()
    {
        TestFile[] all =
        [
            TestFile.Read("a.cs", "public sealed class Deep;"), TestFile.Read("b.cs", "public static class Made { Deep Make() => new(); }"),
            TestFile.Read("c.cs", "public sealed class UserTests { void T() => Made.Make(); }"),
            TestFile.Read("d.cs", "public sealed class DeeperTests;"),
        ];
        Assert.Equal(["a.cs", "b.cs", "c.cs"], TestFile.Naming(all, [all[0]]).Select(file => file.Path));
    }

    [Theory]
    [InlineData("[assembly: Parallel(3)]", true)]
    [InlineData("global using Xunit;", true)]
    [InlineData("// [assembly: Parallel(3)]", false)]
    public void What_changes_files_that_do_not_name_it_is_felt(string text, bool isFelt) =>
        Assert.Equal(isFelt, TestFile.Read("a.cs", text).IsFelt);

    [Theory]
    [InlineData("\"sip.md\"", "sip.md", true)]
    [InlineData("\"docs/sip.md\"", "sip.md", true)]
    [InlineData("\"gossip.md\"", "sip.md", false)]
    [InlineData("\"a/ringwright\"", "ringwright", false)]
    public void It_quotes_a_file_by_its_name(string text, string name, bool quotes) =>
        Assert.Equal(quotes, TestFile.Read("a.cs", text).Quotes(name));
}
