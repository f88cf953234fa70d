using System.Globalization;

namespace Ringwright.Server.Rehearsal;

/// <summary>
/// What happens in a call, line by line, each with its second since the call began. Who tells of it learns of it sooner or later: so a line
/// waits until nothing that was before it can still become known.
/// </summary>
internal sealed class Conversation(TextWriter into, DateTimeOffset began)
{
    private readonly Lock _lock = new();
    private readonly List<(DateTimeOffset At, string Line)> _waiting = [];

    /// <summary>"   3.42  heard      2.1 s at -19 dBFS"</summary>
    /// <param name="beside">What belongs to it, in lines of their own behind it.</param>
    public void Tell(DateTimeOffset at, string who, string what, params IEnumerable<string> beside)
    {
        string line = string.Create(CultureInfo.InvariantCulture,
            $"{Math.Max(0, (at - began).TotalSeconds),7:F2}  {who,-9} {OneLine(what)}");
        line = string.Join(into.NewLine, [line, .. beside.Select(one => $"{"",7}  {"",-9}   {OneLine(one)}")]);
        lock (_lock) _waiting.Add((at, line));
    }

    /// <summary>Writes, in the order of their times, the lines of all that happened before a moment.</summary>
    public void Write(DateTimeOffset before)
    {
        lock (_lock)
        {
            foreach (var (_, line) in _waiting.Where(one => one.At < before).OrderBy(one => one.At)) into.WriteLine(line);
            _waiting.RemoveAll(one => one.At < before);
        }
    }

    /// <summary>Texts come from documents and from whoever is asked: none of them moves the cursor of a terminal.</summary>
    private static string OneLine(string text) =>
        string.Concat(text.Select(c => char.IsWhiteSpace(c) ? ' ' : char.IsControl(c) ? '·' : c));
}
