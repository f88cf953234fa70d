using System.Globalization;

namespace Ringwright.Server.Rehearsal;

/// <summary>What happens in a call, line by line as it becomes known, each with its second since the call began.</summary>
internal sealed class Conversation(TextWriter into, DateTimeOffset began)
{
    private readonly Lock _lock = new();

    /// <summary>"   3.42  heard      2.1 s at -19 dBFS"</summary>
    public void Tell(DateTimeOffset at, string who, string what)
    {
        string line = string.Create(CultureInfo.InvariantCulture,
            $"{Math.Max(0, (at - began).TotalSeconds),7:F2}  {who,-9} {OneLine(what)}");
        lock (_lock) into.WriteLine(line);
    }

    /// <summary>What belongs to the line before.</summary>
    public void Add(string what)
    {
        lock (_lock) into.WriteLine($"{"",7}  {"",-9}   {OneLine(what)}");
    }

    /// <summary>Texts come from documents and from whoever is asked: none of them moves the cursor of a terminal.</summary>
    private static string OneLine(string text) =>
        string.Concat(text.Select(c => char.IsWhiteSpace(c) ? ' ' : char.IsControl(c) ? '·' : c));
}
