using System.Xml.Linq;
using Ringwright.Suites.Changes;
using Ringwright.Testing;

namespace Ringwright.Pure.Suites.Changes;

/// <summary>The graph of projects, by a made one and by the sources as they are.</summary>
public sealed class ProjectGraphTests
{
    [Fact]
    public void A_project_owns_its_folder_and_what_it_embeds()
    {
        var project = ProjectGraph.Parse("src/Texml/Texml.csproj", XDocument.Parse("""
            <Project><ItemGroup>
              <ProjectReference Include="../Core/Core.csproj" />
              <EmbeddedResource Include="../../contracts/twiml/*.json;../../contracts/twiml/*.tsv;Notes/*.sql" />
              <None Include="../../demo/contacts.csv" />
            </ItemGroup></Project>
            """));
        Assert.Equal(["Core"], project.References);
        Assert.Equal(["contracts/twiml", "demo/contacts.csv"], project.Outside);
        Assert.True(project.Owns("contracts/twiml/verbs.tsv") > 0);
        Assert.True(project.Owns("src/Texml/A/B.cs") > 0);
        Assert.Equal(0, project.Owns("src/TexmlMore/B.cs"));
    }

    [Fact]
    public void The_sources_as_they_are_have_a_graph()
    {
        var graph = ProjectGraph.Read(Repository.Root);
        Assert.Equal("Telnyx", graph.OwnerOf("contracts/telnyx/parameters.tsv")?.Name);
        Assert.Equal("Edge", graph.OwnerOf("tests/Edge/Store/A.cs")?.Name);
        Assert.Null(graph.OwnerOf("ringwright"));
        var reached = graph.Reached(["Telnyx"]);
        string[] least = ["Telnyx", "Texml", "Server", "Edge", "Contract", "Interop", "Architecture"];
        Assert.All(least, name => Assert.Contains(name, reached));
        Assert.DoesNotContain("Pure", reached);
        Assert.DoesNotContain("Store", reached);
        Assert.Contains("Pure", graph.Reached(["Suites"]));
    }

    /// <summary>Families are found by texts of the sources: a form of binding that is not seen would walk every row.</summary>
    [Theory]
    [InlineData("src/Telnyx/Storage/MediaStorage.cs", "Media Storage API")]
    [InlineData("src/Telnyx/Account/Billing/Any.cs", null)]
    public void The_families_of_the_sources_are_found(string file, string? family)
    {
        var families = ChangedFamilies.Read(Repository.Root).Of([file]);
        Assert.NotNull(families);
        Assert.InRange(families.Count, 1, 12);
        if (family is not null) Assert.Contains(family, families);
    }
}
