using Ringwright.Http;
using Ringwright.Telnyx.Voice;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Assistants;

/// <summary>AI assistants with versions and tests, and the conversations that people have with them, on calls and in writing.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows(AssistantParts parts) =>
        [.. Assistants(parts), .. Newer(parts), .. OnCalls(parts), .. Scheduled(parts), .. Conversations(parts)];

    private static Binding Once(string operation, AssistantParts parts, Func<OperationContext, ValueTask<Reply>> handler) =>
        RequestKeys.Once(operation, () => parts.Store, handler, isPlain: true);

    private static IEnumerable<Binding> Assistants(AssistantParts parts)
    {
        var tests = AssistantTestRecords.Kind(parts);
        return
        [
            Handle("get_assistants_public_assistants_get", op => AssistantList.Show(op, parts)),
            Once("create_new_assistant_public_assistants_post", parts, op => AssistantResources.Create(op, parts)),
            Handle("import_assistants_public_assistants_import_post", op => AssistantImport.Run(op, parts)),
            Handle("get_assistant_public_assistants__assistant_id__get", op => AssistantResources.Get(op, parts)),
            Handle("update_assistant_public_assistants__assistant_id__post", op => AssistantResources.Update(op, parts)),
            Handle("delete_assistant_public_assistants__assistant_id__delete", op => AssistantResources.Delete(op, parts)),
            Once("clone_assistant_public_assistants__assistant_id__clone_post", parts, op => AssistantResources.Clone(op, parts)),
            Handle("assistant_chat_public_assistants__assistant_id__chat_post", op => AssistantChat.Create(op, parts)),
            Handle("test_assistant_tool_public_assistants__assistant_id__tools__tool_id__test_post", op => TriedTools.Run(op, parts)),
            Handle("get_assistant_texml_public_assistants__assistant_id__texml_get", op => AssistantTexml.Get(op, parts)),

            Handle("get_assistant_versions_public_assistants__assistant_id__versions_get", op => AssistantVersions.List(op, parts)),
            Handle("get_assistant_version_public_assistants__assistant_id__versions__version_id__get",
                op => AssistantVersions.Get(op, parts)),
            Handle("update_assistant_version_public_assistants__assistant_id__versions__version_id__post",
                op => AssistantVersions.Update(op, parts)),
            Handle("delete_assistant_version_public_assistants__assistant_id__versions__version_id__delete",
                op => AssistantVersions.Delete(op, parts)),
            Handle("promote_assistant_version_public_assistants__assistant_id__versions__version_id__promote_post",
                op => AssistantVersions.Promote(op, parts)),

            Handle("get_canary_deploy_assistants__assistant_id__canary_deploys_get", op => CanaryDeploys.Get(op, parts)),
            Once("create_canary_deploy_assistants__assistant_id__canary_deploys_post", parts, op => CanaryDeploys.Create(op, parts)),
            Handle("update_canary_deploy_assistants__assistant_id__canary_deploys_put", op => CanaryDeploys.Update(op, parts)),
            Handle("delete_canary_deploy_assistants__assistant_id__canary_deploys_delete", op => CanaryDeploys.Delete(op, parts)),

            Crud("get_assistant_tests_public_assistants_tests_get", tests),
            Crud("create_assistant_test_public_assistants_tests_post", tests),
            Crud("get_assistant_test_public_assistants_tests__test_id__get", tests),
            Crud("update_assistant_test_public_assistants_tests__test_id__put", tests),
            Crud("delete_assistant_test_public_assistants_tests__test_id__delete", tests),
            Handle("fetch_test_suites_public_assistants_tests_test_suites_get", op => AssistantTestRecords.ListSuites(op, parts)),
            Once("trigger_test_run_public_assistants_tests__test_id__runs_post", parts, op => AssistantTestRuns.Trigger(op, parts)),
            Handle("get_test_runs_for_test_public_assistants_tests__test_id__runs_get", op => AssistantTestRuns.List(op, parts)),
            Handle("get_test_run_public_assistants_tests__test_id__runs__run_id__get", op => AssistantTestRuns.Get(op, parts)),
            Once("trigger_test_suite_runs_public_assistants_tests_test_suites__suite_name__runs_post", parts,
                op => AssistantTestRuns.TriggerSuite(op, parts)),
            Handle("get_test_suite_runs_for_test_public_assistants_tests_test_suites__suite_name__runs_get",
                op => AssistantTestRuns.ListSuite(op, parts)),
        ];
    }

    private static IEnumerable<Binding> OnCalls(AssistantParts parts) =>
    [
        Handle("CallStartAIAssistant", op => CallAssistant.Start(op, parts)),
        Handle("callGatherUsingAI", op => CallAssistant.Gather(op, parts)),
        Act("CallStopAIAssistant", op => StopTalk(op, parts)),
    ];

    private static ValueTask<Mapped> StopTalk(OperationContext op, AssistantParts parts)
    {
        var body = VoiceBody.Of(op, parts.Voice);
        var command = CallAssistant.Stop(body);
        return new(body.Problems.Count > 0 ? Mapped.Refused(body.Problems) : command);
    }

    private static IEnumerable<Binding> Scheduled(AssistantParts parts) =>
    [
        Handle("get_scheduled_events", op => ScheduledEvents.List(op, parts)),
        Once("create_scheduled_event", parts, op => ScheduledEvents.Create(op, parts)),
        Handle("get_scheduled_event", op => ScheduledEvents.Get(op, parts)),
        Handle("delete_scheduled_event", op => ScheduledEvents.Delete(op, parts)),
    ];

    /// <summary>What newer clients than the contract ask for.</summary>
    private static IEnumerable<Binding> Newer(AssistantParts parts) =>
    [
        Handle("AddAssistantMessages", op => ToldMessages.Add(op, parts)),
        Handle("StartConversationRelay", op => CallRelay.Start(op, parts)),
        Act("StopConversationRelay", op => StopTalk(op, parts)),
        Handle("ListAssistantTags", op => AssistantTags.List(op, parts)),
        Handle("AddAssistantTag", op => AssistantTags.Add(op, parts)),
        Handle("RemoveAssistantTag", op => AssistantTags.Remove(op, parts)),
        Crud("ListSharedTools", SharedTools.Kind),
        Handle("CreateSharedTool", op => SharedTools.Create(op, parts)),
        Handle("GetSharedTool", op => SharedTools.Get(op, parts)),
        Handle("UpdateSharedTool", op => SharedTools.Update(op, parts)),
        Handle("DeleteSharedTool", op => SharedTools.Delete(op, parts)),
        Handle("ListMcpServers", op => McpServers.List(op, parts)),
        Handle("CreateMcpServer", op => McpServers.Create(op, parts)),
        Handle("GetMcpServer", op => McpServers.Get(op, parts)),
        Handle("UpdateMcpServer", op => McpServers.Update(op, parts)),
        Handle("DeleteMcpServer", op => McpServers.Delete(op, parts)),
        Handle("AddAssistantTool", op => SharedTools.Attach(op, parts)),
        Handle("RemoveAssistantTool", op => SharedTools.Detach(op, parts)),
    ];

    private static IEnumerable<Binding> Conversations(AssistantParts parts)
    {
        var insights = InsightTemplates.Kind(parts);
        return
        [
            Handle("get_conversations_public_conversations_get", op => ConversationRecords.List(op, parts)),
            Once("create_new_conversation_public_conversations_post", parts, op => ConversationRecords.Create(op, parts)),
            Handle("get_conversation_by_id_public_conversations_get", op => ConversationRecords.Get(op, parts)),
            Handle("update_conversation_by_id_public_conversations_put", op => ConversationRecords.Update(op, parts)),
            Handle("delete_conversation_by_id_public_conversations_delete", op => ConversationRecords.Delete(op, parts)),
            Handle("get_conversations_public__conversation_id__messages_get", op => ConversationMessages.List(op, parts)),
            Handle("add_new_message", op => ConversationMessages.Add(op, parts)),
            Handle("get_conversations_public__conversation_id__insights_get", op => ConversationMessages.ListInsights(op, parts)),

            Crud("get_all_insights", insights),
            Crud("create_insight", insights),
            Crud("get_insight_by_id", insights),
            Crud("update_insight_by_id", insights),
            Crud("delete_insight_by_id", insights),

            Handle("get_all_insight_groups", op => InsightGroups.List(op, parts)),
            Once("create_insight_group", parts, op => InsightGroups.Create(op, parts)),
            Handle("get_insight_group_by_id", op => InsightGroups.Get(op, parts)),
            Handle("update_insight_group_by_id", op => InsightGroups.Update(op, parts)),
            Handle("delete_insight_group_by_id", op => InsightGroups.Delete(op, parts)),
            Handle("assign_insight_to_group", op => InsightGroups.Assign(op, parts)),
            Handle("unassign_insight_from_group", op => InsightGroups.Unassign(op, parts)),
        ];
    }
}
