using Ringwright.Chakra.Calling;
using Ringwright.Chakra.Clicks;
using Ringwright.Chakra.Plugins;
using Ringwright.Chakra.Telling;
using Ringwright.Http;
using static Ringwright.Http.Bind;

namespace Ringwright.Chakra;

/// <summary>One row for each operation that is there.</summary>
public static class ChakraBindings
{
    public static BindingTable Of(Contract contract, ChakraParts parts) => new(contract, Rows(parts));

    /// <summary>To be read, and not to be called.</summary>
    public static BindingTable ReadOnly(Contract contract) => Of(contract, ChakraParts.None);

    private static IEnumerable<Binding> Rows(ChakraParts parts)
    {
        var calls = new ChakraCalls(parts.Store, parts.Telling);
        var log = new ChakraLog(calls, parts);
        var commands = new ChakraCommands(calls, parts);
        var config = new ChakraConfig(parts);
        var (clicks, keys) = (new ChakraClicks(calls, config, parts), new ClickKeys(parts.Store));
        var disposing = new ChakraDisposing(calls, config);
        var recordings = new ChakraRecordings(parts, calls);
        var bulk = new ChakraBulk(calls);
        var webhooks = new ChakraWebhooks(parts);
        var plugins = new ChakraPlugins(parts);
        var told = new PluginEvents(calls, plugins, parts);
        return
        [
            Handle("ListCalls", new ChakraList(calls, parts).Handle),
            Handle("GetCall", calls.Get),
            Handle("LogCall", log.Handle),
            Handle("UpdateCall", calls.Update),
            Handle("DeleteCall", calls.Delete),
            Handle("StartCall", op => keys.OnceAsync(op, clicks.Start)),
            Handle("HangupCall", commands.HangUp),
            Handle("HoldCall", commands.Hold),
            Handle("TransferCall", commands.Transfer),
            Handle("DisposeCall", disposing.Handle),
            Handle("GetDisposition", disposing.Get),
            Download("GetRecording", recordings.Get),
            Handle("GetConfig", config.Get),
            Handle("UpdateConfig", config.Update),
            Handle("UpdateCalls", bulk.Start),
            Handle("GetBackgroundJob", bulk.Get),
            Handle("ListBackgroundJobEntries", bulk.List),
            Handle("CreateWebhook", webhooks.Create),
            Handle("ListWebhooks", webhooks.List),
            Handle("DeleteWebhook", webhooks.Delete),
            Handle("GetPlugin", plugins.Get),
            Handle("UpdatePlugin", plugins.Update),
            Handle("DeletePlugin", plugins.Delete),
            Upload("TakePluginEvent", PluginEvents.MostBytes, told.OfTeam),
            Upload("TakeProviderEvent", PluginEvents.MostBytes, told.OfProvider),
            Handle("TakeProviderQuery", told.OfQuery),
        ];
    }
}
