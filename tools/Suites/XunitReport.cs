using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Ringwright.Suites;

/// <summary>Reads the XML report of an xunit suite, and the log of one that was stopped before it wrote its report.</summary>
internal static class XunitReport
{
    /// <summary>The traits that <c>[Depth]</c> gives a test (tests/Testing/DepthAttribute.cs).</summary>
    public const string DepthTrait = "depth", WhyTrait = "depth-why", DepthOfAll = "all";

    /// <summary>Null where there is no report that can be read.</summary>
    public static SuiteReport? Read(string suite, string file, double seconds)
    {
        if (!File.Exists(file) || new FileInfo(file).Length == 0) return null;
        XDocument document;
        try
        {
            using var reader = XmlReader.Create(file, new XmlReaderSettings { CheckCharacters = false });
            document = XDocument.Load(reader);
        }
        catch (XmlException)
        {
            return null;
        }
        var assemblies = document.Descendants("assembly").ToList();
        int Sum(string name) => assemblies.Sum(assembly => (int?)assembly.Attribute(name) ?? 0);
        var tests = document.Descendants("test").Select(Test).OfType<RanTest>().ToList();
        var errors = document.Descendants("error")
            .Select(error => $"{(string?)error.Attribute("name") ?? (string?)error.Attribute("type")}: "
                + SuiteReport.FirstLine((string?)error.Element("failure")?.Element("message"))).ToList();
        return new SuiteReport(suite, Sum("passed"), Sum("failed") + Sum("errors"), Sum("skipped"), seconds, tests, errors);
    }

    private static RanTest? Test(XElement test)
    {
        Outcome? outcome = (string?)test.Attribute("result") switch
        {
            "Pass" => Outcome.Passed,
            "Fail" => Outcome.Failed,
            "Skip" => Outcome.Skipped,
            _ => null,
        };
        if (outcome is null) return null;
        string type = (string?)test.Attribute("type") ?? "", method = $"{type}.{(string?)test.Attribute("method")}";
        double seconds = double.Parse((string?)test.Attribute("time") ?? "0", CultureInfo.InvariantCulture);
        string message = (string?)test.Element("failure")?.Element("message") ?? (string?)test.Element("reason") ?? "";
        string? Trait(string name) => (string?)test.Element("traits")?.Elements("trait")
            .FirstOrDefault(trait => (string?)trait.Attribute("name") == name)?.Attribute("value");
        return new RanTest(type, method, (string?)test.Attribute("name") ?? method, seconds, outcome.Value,
            SuiteReport.FirstLine(message), Trait(DepthTrait) == DepthOfAll ? Trait(WhyTrait) ?? "" : null);
    }

    private const string Starting = "[STARTING]", Finished = "[FINISHED]";

    /// <summary>The tests that a verbose log has begun and not ended.</summary>
    public static IReadOnlyList<string> Running(IEnumerable<string> log)
    {
        var running = new List<string>();
        foreach (string line in log)
        {
            if (line.IndexOf(Starting, StringComparison.Ordinal) is >= 0 and var start) running.Add(NameOf(line[..start]));
            else if (line.IndexOf(Finished, StringComparison.Ordinal) is >= 0 and var end) running.Remove(NameOf(line[..end]));
        }
        return running;
    }

    private static string NameOf(string text) => text.Trim();
}
