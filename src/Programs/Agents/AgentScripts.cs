using Ringwright.Conversations.Scripts;

namespace Ringwright.Programs.Agents;

/// <summary>The scripts of agents: files NAME.json in one folder, read anew for each call.</summary>
public sealed class AgentScripts(string folder)
{
    private const int MostBytes = 1024 * 1024, MostName = 64;

    /// <summary>Why there is no such script, or what is wrong with it, as part of a sentence; null when nothing is.</summary>
    public static string? FaultOf(string folder, string name) => Read(folder, name).Fault;

    /// <summary>On the thread pool, for disks may be slow.</summary>
    internal Task<(AgentScript? Script, string? Fault)> ReadAsync(string name, CancellationToken stop) =>
        Task.Factory.StartNew(() => Read(folder, name), stop, TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    private static (AgentScript? Script, string? Fault) Read(string folder, string name)
    {
        // No name leads out of the folder.
        if (name.Length is 0 or > MostName || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            return (null, $"a script's name has 1 to {MostName} letters, digits, - and _");
        var file = new FileInfo(Path.Combine(folder, name + ".json"));
        try
        {
            if (!file.Exists) return (null, $"there is no {name}.json in {folder}");
            if (file.Length > MostBytes) return (null, $"{name}.json has more than {MostBytes / 1024} KiB");
            var (script, fault) = AgentScript.Read(File.ReadAllText(file.FullName));
            return (script, fault is null ? null : $"{name}.json: {fault}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return (null, $"{name}.json cannot be read: {unreadable.Message}");
        }
    }
}
