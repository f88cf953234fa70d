using Ringwright.Conversations;
using Ringwright.Conversations.Models;

namespace Ringwright.Programs.Agents;

/// <summary>What agents are: files NAME.json in one folder, read anew for each call.</summary>
public sealed class AgentScripts(string folder)
{
    private const int MostBytes = 1024 * 1024, MostName = 64;

    /// <summary>Why there is no such script, or what is wrong with it, as part of a sentence; null when nothing is.</summary>
    public static string? FaultOf(string folder, string name) => Read(folder, name).Fault;

    /// <summary>What is wrong with an agent that is in no file, as part of a sentence; null when nothing is.</summary>
    public static string? FaultOf(string json) => AgentDefinition.Read(json).Fault;

    /// <summary>Where keys are that a script names without a folder.</summary>
    internal string Folder => folder;

    /// <summary>On the thread pool, for disks may be slow.</summary>
    internal Task<(AgentDefinition? Agent, string? Fault)> ReadAsync(string name, CancellationToken stop) =>
        Task.Factory.StartNew(() => Read(folder, name), stop, TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    private static (AgentDefinition? Agent, string? Fault) Read(string folder, string name)
    {
        // No name leads out of the folder.
        if (name.Length is 0 or > MostName || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            return (null, $"a script's name has 1 to {MostName} letters, digits, - and _");
        var file = new FileInfo(Path.Combine(folder, name + ".json"));
        try
        {
            if (!file.Exists) return (null, $"there is no {name}.json in {folder}");
            if (file.Length > MostBytes) return (null, $"{name}.json has more than {MostBytes / 1024} KiB");
            var (agent, fault) = AgentDefinition.Read(File.ReadAllText(file.FullName));
            // What is gathered is told to whoever commands the call, and an agent of a file commands it itself.
            if (agent is ModelAgent { Gather: not null }) fault = "gather: only agents that a command starts gather";
            // Whose recordings they would be nobody has said.
            if (agent is ModelAgent { Recording: not null }) fault = "recording: only agents that a command starts are recorded";
            fault ??= KeyFault(agent, folder);
            return fault is null ? (agent, null) : (null, $"{name}.json: {fault}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return (null, $"{name}.json cannot be read: {unreadable.Message}");
        }
    }

    /// <summary>A key that is not there is found before anybody is talked to.</summary>
    private static string? KeyFault(AgentDefinition? agent, string folder)
    {
        if (agent is not ModelAgent model) return null;
        if (model.Others.Values.Append(model).Any(one => one.Model.Key is not null) || model.Fallback?.Key is not null)
            return "a key must not be in it: key_file names the file that has it";
        foreach (var (member, endpoint) in new (string, ModelEndpoint?)[] { ("model", model.Model), ("fallback", model.Fallback) })
            if (endpoint?.KeyFile is { } file && ModelKey.Read(Path.Combine(folder, file), out string? fault) is null)
                return $"{member}.key_file: {fault}";
        return null;
    }
}
