using System.Xml.Linq;
using Ringwright.Testing;

namespace Ringwright.Architecture;

public sealed class WallTests
{
    public static TheoryData<string> Projects =>
        [.. Directory.GetDirectories(Repository.PathOf("src")).Select(folder => Path.GetFileName(folder)!).Where(p => p != "Shared")];

    public static TheoryData<string> PureProjects => [.. Walls.Pure];

    [Theory, MemberData(nameof(Projects))]
    public void A_project_names_only_projects_that_its_row_allows(string project)
    {
        Assert.True(Walls.MayReference.ContainsKey(project), $"src/{project} has no row in Walls.cs");
        var file = XDocument.Load(Repository.PathOf("src", project, $"{project}.csproj"));
        var named = file.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));
        Rule.Holds(named.Except(Walls.MayReference[project]));
    }

    [Theory, MemberData(nameof(Projects))]
    public void A_compiled_project_uses_only_projects_that_its_row_allows(string project)
    {
        using var compiled = CompiledProject.Open(project);
        Rule.Holds(compiled.References().Except(Walls.MayReference[project]));
    }

    [Fact]
    public void No_project_is_a_drawer_for_everything()
    {
        string[] drawers = ["Common", "Shared", "Utils", "Utilities", "Helpers", "Abstractions", "Infrastructure", "Misc"];
        Rule.Holds(Directory.GetDirectories(Repository.PathOf("src")).Select(folder => Path.GetFileName(folder)!).Intersect(drawers));
    }

    [Fact]
    public void The_load_driver_shares_nothing_with_what_it_measures()
    {
        Assert.Empty(XDocument.Load(Repository.PathOf("bench", "Bench.csproj")).Descendants("ProjectReference"));
        using var compiled = CompiledProject.Open("Bench");
        Assert.Empty(compiled.References());
    }

    [Theory, InlineData("Switch"), InlineData("Net")]
    public void Only_the_protocol_of_media_crosses_the_wall(string project)
    {
        using var compiled = CompiledProject.Open(project);
        Rule.Holds(compiled.TypeReferences().Where(t => t.Assembly == "Ringwright.Media" && t.Namespace != "Ringwright.Media.Protocol")
            .Select(t => $"{t.Namespace}.{t.Name}"));
    }

    [Theory, MemberData(nameof(PureProjects))]
    public void A_pure_project_has_no_async_body(string project)
    {
        using var compiled = CompiledProject.Open(project);
        Rule.Holds(compiled.AsyncBodies());
    }

    [Theory, MemberData(nameof(PureProjects))]
    public void A_pure_project_has_no_socket_clock_lock_or_thread(string project)
    {
        using var compiled = CompiledProject.Open(project);
        Rule.Holds(Found(compiled, "BannedSymbols.Pure.txt"));
    }

    [Theory, MemberData(nameof(Projects))]
    public void No_project_uses_what_is_banned_everywhere(string project)
    {
        using var compiled = CompiledProject.Open(project);
        Rule.Holds(Found(compiled, "BannedSymbols.txt"));
    }

    [Theory, MemberData(nameof(PureProjects))]
    public void Native_calls_of_pure_projects_are_in_Media_Native(string project)
    {
        using var compiled = CompiledProject.Open(project);
        Rule.Holds(compiled.NativeCallers().Where(t => !t.StartsWith("Ringwright.Media.Native.", StringComparison.Ordinal)));
    }

    [Fact]
    public void Each_banned_symbol_names_what_to_use_instead() =>
        Assert.All(BannedSymbol.Read("BannedSymbols.txt").Concat(BannedSymbol.Read("BannedSymbols.Pure.txt")),
            s => Assert.NotEmpty(s.Replacement));

    [Fact]
    public void Dialects_know_neither_each_other_nor_the_engine()
    {
        string[] engine = ["Sip", "Media", "Switch", "Net", "MediaHost"];
        Assert.All(Walls.Dialects, dialect => Rule.Holds(Walls.MayReference[dialect].Intersect([.. engine, .. Walls.Dialects])
            .Where(other => !Walls.SameProvider.Contains((dialect, other)))));
    }

    /// <summary>
    /// What is written down of a call is what was heard in it: nobody but the program that starts the lab sees its people, and of them
    /// only what they text.
    /// </summary>
    [Fact]
    public void No_path_leads_from_a_lab_persons_script_to_a_transcript()
    {
        string[] starters = ["Server"];
        Rule.Holds(Walls.MayReference.Where(row => row.Value.Contains("Lab")).Select(row => row.Key).Except(starters));
        foreach (string writer in Walls.MayReference.Keys.Except([.. starters, "Lab"]))
        {
            using var compiled = CompiledProject.Open(writer);
            Rule.Holds(compiled.References().Where(project => project == "Lab").Select(_ => $"{writer} sees the lab"));
        }
        using var server = CompiledProject.Open("Server");
        Rule.Holds(server.TypeReferences().Where(t => t is { Assembly: "Ringwright.Lab", Namespace: "Ringwright.Lab.Personas" })
            .Select(t => t.Name).Except(["Texters", "TextHabit"], StringComparer.Ordinal));
    }

    private static IEnumerable<string> Found(CompiledProject project, string list) =>
        from symbol in BannedSymbol.Read(list)
        let use = symbol.FindIn(project)
        where use is not null
        select $"{project.Name} uses {use}: {symbol.Replacement}";
}
