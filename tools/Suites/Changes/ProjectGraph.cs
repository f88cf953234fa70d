using System.Xml.Linq;

namespace Ringwright.Suites.Changes;

/// <summary>One project as its <c>.csproj</c> says; all paths from the root of the sources.</summary>
/// <param name="Outside">Folders and files beyond its own folder that it embeds or copies.</param>
internal sealed record SourceProject(
    string Name, string File, IReadOnlyList<string> References, IReadOnlyList<string> Outside)
{
    public string Folder => File[..File.LastIndexOf('/')];

    /// <summary>How long the part of the path is by which it is this project's; 0 where it is not.</summary>
    public int Owns(string path) => Outside.Append(Folder)
        .Where(place => path == place || path.StartsWith(place + "/", StringComparison.Ordinal))
        .Select(place => place.Length).DefaultIfEmpty(0).Max();
}

/// <summary>Which project refers to which.</summary>
internal sealed class ProjectGraph(IReadOnlyList<SourceProject> projects)
{
    private static readonly string[] Places = ["src", "tests", "bench", "tools"];

    public static ProjectGraph Read(string root) => new(
    [
        .. Places.Select(place => Path.Combine(root, place)).Where(Directory.Exists)
            .SelectMany(place => Directory.EnumerateFiles(place, "*.csproj", SearchOption.TopDirectoryOnly)
                .Concat(Directory.EnumerateDirectories(place).SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj"))))
            .Select(file => Parse(Slashes(Path.GetRelativePath(root, file)), XDocument.Load(file)))
            .OrderBy(project => project.File, StringComparer.Ordinal),
    ]);

    /// <param name="file">From the root, with slashes.</param>
    public static SourceProject Parse(string file, XDocument text)
    {
        string folder = file[..file.LastIndexOf('/')];
        var items = text.Descendants().Where(item => item.Attribute("Include") is not null)
            .SelectMany(item => ((string)item.Attribute("Include")!).Split(';').Select(path => (Kind: item.Name.LocalName, Path: path)))
            .Where(item => item.Path.StartsWith("../", StringComparison.Ordinal))
            .Select(item => (item.Kind, Path: Inside(folder, item.Path))).ToList();
        return new SourceProject(Path.GetFileNameWithoutExtension(file), file,
            [.. items.Where(item => item.Kind == "ProjectReference").Select(item => Path.GetFileNameWithoutExtension(item.Path))],
            [.. items.Where(item => item.Kind != "ProjectReference").Select(item => BeforeStar(item.Path)).Distinct()]);
    }

    public SourceProject? Find(string name) => projects.FirstOrDefault(project => project.Name == name);

    /// <summary>Whose the file is; null where it is no project's.</summary>
    public SourceProject? OwnerOf(string path) =>
        projects.Where(project => project.Owns(path) > 0).MaxBy(project => project.Owns(path));

    /// <summary>The projects, and all that refer to them, directly or not.</summary>
    public IReadOnlySet<string> Reached(IEnumerable<string> names)
    {
        var reached = names.ToHashSet(StringComparer.Ordinal);
        while (projects.Where(project => !reached.Contains(project.Name) && project.References.Any(reached.Contains)).ToList()
               is { Count: > 0 } more)
            reached.UnionWith(more.Select(project => project.Name));
        return reached;
    }

    // What a path with dots means, without a disk to ask.
    private static string Inside(string folder, string path)
    {
        var parts = folder.Split('/').ToList();
        foreach (string part in path.Split('/'))
            if (part == "..") parts.RemoveAt(parts.Count - 1);
            else parts.Add(part);
        return string.Join('/', parts);
    }

    private static string BeforeStar(string path) =>
        path.IndexOf('*', StringComparison.Ordinal) is >= 0 and var star ? path[..path.LastIndexOf('/', star)] : path;

    private static string Slashes(string path) => path.Replace('\\', '/');
}
