"""Facts of the FIT profile that tracklint uses itself: messages, fields, and the words of enumerated types.

One entry a field: number, name, type, then ``/scale``, ``-offset`` and ``[unit]`` where it has them; one entry a
word: number and name. Physical value = raw / scale - offset. `fit.profile` reads these tables when they are first
needed.
"""

from __future__ import annotations

__all__ = ["FIELDS", "MESSAGES", "WORDS"]

#: Message names by global number, for every message that has a name.
MESSAGES = (
    "0 file_id | 1 capabilities | 2 device_settings | 3 user_profile | 4 hrm_profile | 5 sdm_profile "
    "| 6 bike_profile | 7 zones_target | 8 hr_zone | 9 power_zone | 10 met_zone | 12 sport | "
    "13 training_settings | 15 goal | 18 session | 19 lap | 20 record | 21 event | 23 device_info | "
    "26 workout | 27 workout_step | 28 schedule | 29 location | 30 weight_scale | 31 course | "
    "32 course_point | 33 totals | 34 activity | 35 software | 37 file_capabilities | "
    "38 mesg_capabilities | 39 field_capabilities | 49 file_creator | 51 blood_pressure | "
    "53 speed_zone | 55 monitoring | 72 training_file | 78 hrv | 80 ant_rx | 81 ant_tx | "
    "82 ant_channel_id | 101 length | 103 monitoring_info | 104 battery | 106 slave_device | "
    "127 connectivity | 128 weather_conditions | 129 weather_alert | 131 cadence_zone | 132 hr | "
    "142 segment_lap | 145 memo_glob | 148 segment_id | 149 segment_leaderboard_entry | "
    "150 segment_point | 151 segment_file | 158 workout_session | 159 watchface_settings | "
    "160 gps_metadata | 161 camera_event | 162 timestamp_correlation | 164 gyroscope_data | "
    "165 accelerometer_data | 167 three_d_sensor_calibration | 169 video_frame | 174 obdii_data | "
    "177 nmea_sentence | 178 aviation_attitude | 184 video | 185 video_title | 186 video_description "
    "| 187 video_clip | 188 ohr_settings | 200 exd_screen_configuration | "
    "201 exd_data_field_configuration | 202 exd_data_concept_configuration | 206 field_description | "
    "207 developer_data_id | 208 magnetometer_data | 209 barometer_data | "
    "210 one_d_sensor_calibration | 211 monitoring_hr_data | 216 time_in_zone | 225 set | "
    "227 stress_level | 229 max_met_data | 258 dive_settings | 259 dive_gas | 262 dive_alarm | "
    "264 exercise_title | 268 dive_summary | 269 spo2_data | 275 sleep_level | 285 jump | "
    "289 aad_accel_features | 290 beat_intervals | 297 respiration_rate | 302 hsa_accelerometer_data "
    "| 304 hsa_step_data | 305 hsa_spo2_data | 306 hsa_stress_data | 307 hsa_respiration_data | "
    "308 hsa_heart_rate_data | 312 split | 313 split_summary | 314 hsa_body_battery_data | "
    "315 hsa_event | 317 climb_pro | 319 tank_update | 323 tank_summary | 346 sleep_assessment | "
    "370 hrv_status_summary | 371 hrv_value | 372 raw_bbi | 375 device_aux_battery_info | "
    "376 hsa_gyroscope_data | 387 chrono_shot_session | 388 chrono_shot_data | "
    "389 hsa_configuration_data | 393 dive_apnea_alarm | 398 skin_temp_overnight | "
    "409 hsa_wrist_temperature_data | 412 nap_event | 470 sleep_disruption_severity_period | "
    "471 sleep_disruption_overnight_severity"
)

#: Fields of the messages that are read most, by global number.
FIELDS: dict[int, str] = {
    0: (  # file_id
        "0 type file | 1 manufacturer manufacturer | 2 product uint16 | 3 serial_number uint32z | "
        "4 time_created date_time | 5 number uint16 | 8 product_name string"
    ),
    2: (  # device_settings
        "0 active_time_zone uint8 | 1 utc_offset uint32 | 2 time_offset uint32 [s] | 4 time_mode enum | "
        "5 time_zone_offset sint8 /4 [hr] | 12 backlight_mode enum | 36 activity_tracker_enabled enum | "
        "39 clock_time date_time | 40 pages_enabled uint16 | 46 move_alert_enabled enum | "
        "47 date_mode enum | 55 display_orientation enum | 56 mounting_side enum | 57 default_page uint16 "
        "| 58 autosync_min_steps uint16 [steps] | 59 autosync_min_time uint16 [minutes] | "
        "80 lactate_threshold_autodetect_enabled enum | 86 ble_auto_upload_enabled enum | "
        "89 auto_sync_frequency enum | 90 auto_activity_detect uint32 | 94 number_of_screens uint8 | "
        "95 smart_notification_display_orientation enum | 134 tap_interface enum | "
        "174 tap_sensitivity enum"
    ),
    3: (  # user_profile
        "0 friendly_name string | 1 gender gender | 2 age uint8 [years] | 3 height uint8 /100 [m] | "
        "4 weight uint16 /10 [kg] | 5 language enum | 6 elev_setting display_measure | "
        "7 weight_setting display_measure | 8 resting_heart_rate uint8 [bpm] | "
        "9 default_max_running_heart_rate uint8 [bpm] | 10 default_max_biking_heart_rate uint8 [bpm] | "
        "11 default_max_heart_rate uint8 [bpm] | 12 hr_setting enum | 13 speed_setting display_measure | "
        "14 dist_setting display_measure | 16 power_setting enum | 17 activity_class enum | "
        "18 position_setting display_position | 21 temperature_setting display_measure | "
        "22 local_id uint16 | 23 global_id byte | 28 wake_time uint32 | 29 sleep_time uint32 | "
        "30 height_setting display_measure | 31 user_running_step_length uint16 /1000 [m] | "
        "32 user_walking_step_length uint16 /1000 [m] | 47 depth_setting display_measure | "
        "49 dive_count uint32 | 254 message_index uint16"
    ),
    4: (  # hrm_profile
        "0 enabled enum | 1 hrm_ant_id uint16z | 2 log_hrv enum | 3 hrm_ant_id_trans_type uint8z | "
        "254 message_index uint16"
    ),
    7: (  # zones_target
        "1 max_heart_rate uint8 | 2 threshold_heart_rate uint8 | 3 functional_threshold_power uint16 | "
        "5 hr_calc_type enum | 7 pwr_calc_type enum"
    ),
    12: (  # sport
        "0 sport sport | 1 sub_sport sub_sport | 3 name string"
    ),
    15: (  # goal
        "0 sport sport | 1 sub_sport sub_sport | 2 start_date date_time | 3 end_date date_time | "
        "4 type enum | 5 value uint32 | 6 repeat enum | 7 target_value uint32 | 8 recurrence enum | "
        "9 recurrence_value uint16 | 10 enabled enum | 11 source enum | 254 message_index uint16"
    ),
    18: (  # session
        "0 event event | 1 event_type event_type | 2 start_time date_time | "
        "3 start_position_lat sint32 [semicircles] | 4 start_position_long sint32 [semicircles] | "
        "5 sport sport | 6 sub_sport sub_sport | 7 total_elapsed_time uint32 /1000 [s] | "
        "8 total_timer_time uint32 /1000 [s] | 9 total_distance uint32 /100 [m] | "
        "10 total_cycles uint32 [cycles] | 11 total_calories uint16 [kcal] | "
        "13 total_fat_calories uint16 [kcal] | 14 avg_speed uint16 /1000 [m/s] | "
        "15 max_speed uint16 /1000 [m/s] | 16 avg_heart_rate uint8 [bpm] | 17 max_heart_rate uint8 [bpm] "
        "| 18 avg_cadence uint8 [rpm] | 19 max_cadence uint8 [rpm] | 20 avg_power uint16 [watts] | "
        "21 max_power uint16 [watts] | 22 total_ascent uint16 [m] | 23 total_descent uint16 [m] | "
        "24 total_training_effect uint8 /10 | 25 first_lap_index uint16 | 26 num_laps uint16 | "
        "27 event_group uint8 | 28 trigger session_trigger | 29 nec_lat sint32 [semicircles] | "
        "30 nec_long sint32 [semicircles] | 31 swc_lat sint32 [semicircles] | "
        "32 swc_long sint32 [semicircles] | 33 num_lengths uint16 [lengths] | "
        "34 normalized_power uint16 [watts] | 35 training_stress_score uint16 /10 [tss] | "
        "36 intensity_factor uint16 /1000 [if] | 37 left_right_balance uint16 | "
        "38 end_position_lat sint32 [semicircles] | 39 end_position_long sint32 [semicircles] | "
        "41 avg_stroke_count uint32 /10 [strokes/lap] | 42 avg_stroke_distance uint16 /100 [m] | "
        "43 swim_stroke swim_stroke [swim_stroke] | 44 pool_length uint16 /100 [m] | "
        "45 threshold_power uint16 [watts] | 46 pool_length_unit display_measure | "
        "47 num_active_lengths uint16 [lengths] | 48 total_work uint32 [J] | "
        "49 avg_altitude uint16 /5 -500 [m] | 50 max_altitude uint16 /5 -500 [m] | "
        "51 gps_accuracy uint8 [m] | 52 avg_grade sint16 /100 [%] | 53 avg_pos_grade sint16 /100 [%] | "
        "54 avg_neg_grade sint16 /100 [%] | 55 max_pos_grade sint16 /100 [%] | "
        "56 max_neg_grade sint16 /100 [%] | 57 avg_temperature sint8 [C] | 58 max_temperature sint8 [C] | "
        "59 total_moving_time uint32 /1000 [s] | 60 avg_pos_vertical_speed sint16 /1000 [m/s] | "
        "61 avg_neg_vertical_speed sint16 /1000 [m/s] | 62 max_pos_vertical_speed sint16 /1000 [m/s] | "
        "63 max_neg_vertical_speed sint16 /1000 [m/s] | 64 min_heart_rate uint8 [bpm] | "
        "65 time_in_hr_zone uint32 /1000 [s] | 66 time_in_speed_zone uint32 /1000 [s] | "
        "67 time_in_cadence_zone uint32 /1000 [s] | 68 time_in_power_zone uint32 /1000 [s] | "
        "69 avg_lap_time uint32 /1000 [s] | 70 best_lap_index uint16 | 71 min_altitude uint16 /5 -500 [m] "
        "| 78 active_time uint32 /1000 [s] | 79 avg_strokes_per_length uint16 /10 [strokes/length] | "
        "80 avg_swolf uint16 | 82 player_score uint16 | 83 opponent_score uint16 | "
        "84 opponent_name string | 85 stroke_count uint16 [counts] | 86 zone_count uint16 [counts] | "
        "87 max_ball_speed uint16 /100 [m/s] | 88 avg_ball_speed uint16 /100 [m/s] | "
        "89 avg_vertical_oscillation uint16 /10 [mm] | 90 avg_stance_time_percent uint16 /100 [percent] | "
        "91 avg_stance_time uint16 /10 [ms] | 92 avg_fractional_cadence uint8 /128 [rpm] | "
        "93 max_fractional_cadence uint8 /128 [rpm] | 94 total_fractional_cycles uint8 /128 [cycles] | "
        "95 avg_total_hemoglobin_conc uint16 /100 [g/dL] | "
        "96 min_total_hemoglobin_conc uint16 /100 [g/dL] | "
        "97 max_total_hemoglobin_conc uint16 /100 [g/dL] | "
        "98 avg_saturated_hemoglobin_percent uint16 /10 [%] | "
        "99 min_saturated_hemoglobin_percent uint16 /10 [%] | "
        "100 max_saturated_hemoglobin_percent uint16 /10 [%] | "
        "101 avg_left_torque_effectiveness uint8 /2 [percent] | "
        "102 avg_right_torque_effectiveness uint8 /2 [percent] | "
        "103 avg_left_pedal_smoothness uint8 /2 [percent] | "
        "104 avg_right_pedal_smoothness uint8 /2 [percent] | "
        "105 avg_combined_pedal_smoothness uint8 /2 [percent] | 106 num_segment_laps uint16 | "
        "107 front_gear_shift_count uint16 | 108 rear_gear_shift_count uint16 | "
        "110 sport_profile_name string | 111 sport_index uint8 | 112 time_standing uint32 /1000 [s] | "
        "113 stand_count uint16 | 114 avg_left_pco sint8 [mm] | 115 avg_right_pco sint8 [mm] | "
        "116 avg_left_power_phase uint8 /0.7111111 [degrees] | "
        "117 avg_left_power_phase_peak uint8 /0.7111111 [degrees] | "
        "118 avg_right_power_phase uint8 /0.7111111 [degrees] | "
        "119 avg_right_power_phase_peak uint8 /0.7111111 [degrees] | "
        "120 avg_power_position uint16 [watts] | 121 max_power_position uint16 [watts] | "
        "122 avg_cadence_position uint8 [rpm] | 123 max_cadence_position uint8 [rpm] | "
        "124 enhanced_avg_speed uint32 /1000 [m/s] | 125 enhanced_max_speed uint32 /1000 [m/s] | "
        "126 enhanced_avg_altitude uint32 /5 -500 [m] | 127 enhanced_min_altitude uint32 /5 -500 [m] | "
        "128 enhanced_max_altitude uint32 /5 -500 [m] | 129 avg_lev_motor_power uint16 [watts] | "
        "130 max_lev_motor_power uint16 [watts] | 131 lev_battery_consumption uint8 /2 [percent] | "
        "132 avg_vertical_ratio uint16 /100 [percent] | 133 avg_stance_time_balance uint16 /100 [percent] "
        "| 134 avg_step_length uint16 /10 [mm] | 137 total_anaerobic_training_effect uint8 /10 | "
        "139 avg_vam uint16 /1000 [m/s] | 140 avg_depth uint32 /1000 [m] | 141 max_depth uint32 /1000 [m] "
        "| 142 surface_interval uint32 [s] | 143 start_cns uint8 [percent] | 144 end_cns uint8 [percent] "
        "| 145 start_n2 uint16 [percent] | 146 end_n2 uint16 [percent] | 147 avg_respiration_rate uint8 | "
        "148 max_respiration_rate uint8 | 149 min_respiration_rate uint8 | 150 min_temperature sint8 [C] "
        "| 155 o2_toxicity uint16 [OTUs] | 156 dive_number uint32 | 168 training_load_peak sint32 /65536 "
        "| 169 enhanced_avg_respiration_rate uint16 /100 [Breaths/min] | "
        "170 enhanced_max_respiration_rate uint16 /100 [Breaths/min] | "
        "180 enhanced_min_respiration_rate uint16 /100 | 181 total_grit float32 [kGrit] | "
        "182 total_flow float32 [Flow] | 183 jump_count uint16 | 186 avg_grit float32 [kGrit] | "
        "187 avg_flow float32 [Flow] | 192 workout_feel uint8 | 193 workout_rpe uint8 | "
        "194 avg_spo2 uint8 [percent] | 195 avg_stress uint8 [percent] | "
        "196 metabolic_calories uint16 [kcal] | 197 sdrr_hrv uint8 [mS] | 198 rmssd_hrv uint8 [mS] | "
        "199 total_fractional_ascent uint8 /100 [m] | 200 total_fractional_descent uint8 /100 [m] | "
        "208 avg_core_temperature uint16 /100 [C] | 209 min_core_temperature uint16 /100 [C] | "
        "210 max_core_temperature uint16 /100 [C] | 211 avg_grade_adjusted_speed uint32 /1000 [m/s] | "
        "253 timestamp date_time [s] | 254 message_index uint16"
    ),
    19: (  # lap
        "0 event event | 1 event_type event_type | 2 start_time date_time | "
        "3 start_position_lat sint32 [semicircles] | 4 start_position_long sint32 [semicircles] | "
        "5 end_position_lat sint32 [semicircles] | 6 end_position_long sint32 [semicircles] | "
        "7 total_elapsed_time uint32 /1000 [s] | 8 total_timer_time uint32 /1000 [s] | "
        "9 total_distance uint32 /100 [m] | 10 total_cycles uint32 [cycles] | "
        "11 total_calories uint16 [kcal] | 12 total_fat_calories uint16 [kcal] | "
        "13 avg_speed uint16 /1000 [m/s] | 14 max_speed uint16 /1000 [m/s] | "
        "15 avg_heart_rate uint8 [bpm] | 16 max_heart_rate uint8 [bpm] | 17 avg_cadence uint8 [rpm] | "
        "18 max_cadence uint8 [rpm] | 19 avg_power uint16 [watts] | 20 max_power uint16 [watts] | "
        "21 total_ascent uint16 [m] | 22 total_descent uint16 [m] | 23 intensity intensity | "
        "24 lap_trigger lap_trigger | 25 sport sport | 26 event_group uint8 | "
        "27 nec_lat sint32 [semicircles] | 28 nec_long sint32 [semicircles] | "
        "29 swc_lat sint32 [semicircles] | 30 swc_long sint32 [semicircles] | "
        "32 num_lengths uint16 [lengths] | 33 normalized_power uint16 [watts] | "
        "34 left_right_balance uint16 | 35 first_length_index uint16 | "
        "37 avg_stroke_distance uint16 /100 [m] | 38 swim_stroke swim_stroke | 39 sub_sport sub_sport | "
        "40 num_active_lengths uint16 [lengths] | 41 total_work uint32 [J] | "
        "42 avg_altitude uint16 /5 -500 [m] | 43 max_altitude uint16 /5 -500 [m] | "
        "44 gps_accuracy uint8 [m] | 45 avg_grade sint16 /100 [%] | 46 avg_pos_grade sint16 /100 [%] | "
        "47 avg_neg_grade sint16 /100 [%] | 48 max_pos_grade sint16 /100 [%] | "
        "49 max_neg_grade sint16 /100 [%] | 50 avg_temperature sint8 [C] | 51 max_temperature sint8 [C] | "
        "52 total_moving_time uint32 /1000 [s] | 53 avg_pos_vertical_speed sint16 /1000 [m/s] | "
        "54 avg_neg_vertical_speed sint16 /1000 [m/s] | 55 max_pos_vertical_speed sint16 /1000 [m/s] | "
        "56 max_neg_vertical_speed sint16 /1000 [m/s] | 57 time_in_hr_zone uint32 /1000 [s] | "
        "58 time_in_speed_zone uint32 /1000 [s] | 59 time_in_cadence_zone uint32 /1000 [s] | "
        "60 time_in_power_zone uint32 /1000 [s] | 61 repetition_num uint16 | "
        "62 min_altitude uint16 /5 -500 [m] | 63 min_heart_rate uint8 [bpm] | "
        "70 active_time uint32 /1000 [s] | 71 wkt_step_index uint16 | 73 avg_swolf uint16 | "
        "74 opponent_score uint16 | 75 stroke_count uint16 [counts] | 76 zone_count uint16 [counts] | "
        "77 avg_vertical_oscillation uint16 /10 [mm] | 78 avg_stance_time_percent uint16 /100 [percent] | "
        "79 avg_stance_time uint16 /10 [ms] | 80 avg_fractional_cadence uint8 /128 [rpm] | "
        "81 max_fractional_cadence uint8 /128 [rpm] | 82 total_fractional_cycles uint8 /128 [cycles] | "
        "83 player_score uint16 | 84 avg_total_hemoglobin_conc uint16 /100 [g/dL] | "
        "85 min_total_hemoglobin_conc uint16 /100 [g/dL] | "
        "86 max_total_hemoglobin_conc uint16 /100 [g/dL] | "
        "87 avg_saturated_hemoglobin_percent uint16 /10 [%] | "
        "88 min_saturated_hemoglobin_percent uint16 /10 [%] | "
        "89 max_saturated_hemoglobin_percent uint16 /10 [%] | "
        "90 avg_strokes_per_length uint16 /10 [strokes/length] | "
        "91 avg_left_torque_effectiveness uint8 /2 [percent] | "
        "92 avg_right_torque_effectiveness uint8 /2 [percent] | "
        "93 avg_left_pedal_smoothness uint8 /2 [percent] | "
        "94 avg_right_pedal_smoothness uint8 /2 [percent] | "
        "95 avg_combined_pedal_smoothness uint8 /2 [percent] | 96 front_gear_shift_count uint16 | "
        "97 rear_gear_shift_count uint16 | 98 time_standing uint32 /1000 [s] | 99 stand_count uint16 | "
        "100 avg_left_pco sint8 [mm] | 101 avg_right_pco sint8 [mm] | "
        "102 avg_left_power_phase uint8 /0.7111111 [degrees] | "
        "103 avg_left_power_phase_peak uint8 /0.7111111 [degrees] | "
        "104 avg_right_power_phase uint8 /0.7111111 [degrees] | "
        "105 avg_right_power_phase_peak uint8 /0.7111111 [degrees] | "
        "106 avg_power_position uint16 [watts] | 107 max_power_position uint16 [watts] | "
        "108 avg_cadence_position uint8 [rpm] | 109 max_cadence_position uint8 [rpm] | "
        "110 enhanced_avg_speed uint32 /1000 [m/s] | 111 enhanced_max_speed uint32 /1000 [m/s] | "
        "112 enhanced_avg_altitude uint32 /5 -500 [m] | 113 enhanced_min_altitude uint32 /5 -500 [m] | "
        "114 enhanced_max_altitude uint32 /5 -500 [m] | 115 avg_lev_motor_power uint16 [watts] | "
        "116 max_lev_motor_power uint16 [watts] | 117 lev_battery_consumption uint8 /2 [percent] | "
        "118 avg_vertical_ratio uint16 /100 [percent] | 119 avg_stance_time_balance uint16 /100 [percent] "
        "| 120 avg_step_length uint16 /10 [mm] | 121 avg_vam uint16 /1000 [m/s] | "
        "122 avg_depth uint32 /1000 [m] | 123 max_depth uint32 /1000 [m] | 124 min_temperature sint8 [C] "
        "| 136 enhanced_avg_respiration_rate uint16 /100 [Breaths/min] | "
        "137 enhanced_max_respiration_rate uint16 /100 [Breaths/min] | 147 avg_respiration_rate uint8 | "
        "148 max_respiration_rate uint8 | 149 total_grit float32 [kGrit] | 150 total_flow float32 [Flow] "
        "| 151 jump_count uint16 | 153 avg_grit float32 [kGrit] | 154 avg_flow float32 [Flow] | "
        "155 metabolic_calories uint16 [kcal] | 156 total_fractional_ascent uint8 /100 [m] | "
        "157 total_fractional_descent uint8 /100 [m] | 158 avg_core_temperature uint16 /100 [C] | "
        "159 min_core_temperature uint16 /100 [C] | 160 max_core_temperature uint16 /100 [C] | "
        "161 avg_grade_adjusted_speed uint32 /1000 [m/s] | 253 timestamp date_time [s] | "
        "254 message_index uint16"
    ),
    20: (  # record
        "0 position_lat sint32 [semicircles] | 1 position_long sint32 [semicircles] | "
        "2 altitude uint16 /5 -500 [m] | 3 heart_rate uint8 [bpm] | 4 cadence uint8 [rpm] | "
        "5 distance uint32 /100 [m] | 6 speed uint16 /1000 [m/s] | 7 power uint16 [watts] | "
        "8 compressed_speed_distance byte [m/s,m] | 9 grade sint16 /100 [%] | 10 resistance uint8 | "
        "11 time_from_course sint32 /1000 [s] | 12 cycle_length uint8 /100 [m] | 13 temperature sint8 [C] "
        "| 17 speed_1s uint8 /16 [m/s] | 18 cycles uint8 [cycles] | 19 total_cycles uint32 [cycles] | "
        "28 compressed_accumulated_power uint16 [watts] | 29 accumulated_power uint32 [watts] | "
        "30 left_right_balance uint8 | 31 gps_accuracy uint8 [m] | 32 vertical_speed sint16 /1000 [m/s] | "
        "33 calories uint16 [kcal] | 39 vertical_oscillation uint16 /10 [mm] | "
        "40 stance_time_percent uint16 /100 [percent] | 41 stance_time uint16 /10 [ms] | "
        "42 activity_type activity_type | 43 left_torque_effectiveness uint8 /2 [percent] | "
        "44 right_torque_effectiveness uint8 /2 [percent] | 45 left_pedal_smoothness uint8 /2 [percent] | "
        "46 right_pedal_smoothness uint8 /2 [percent] | 47 combined_pedal_smoothness uint8 /2 [percent] | "
        "48 time128 uint8 /128 [s] | 49 stroke_type stroke_type | 50 zone uint8 | "
        "51 ball_speed uint16 /100 [m/s] | 52 cadence256 uint16 /256 [rpm] | "
        "53 fractional_cadence uint8 /128 [rpm] | 54 total_hemoglobin_conc uint16 /100 [g/dL] | "
        "55 total_hemoglobin_conc_min uint16 /100 [g/dL] | "
        "56 total_hemoglobin_conc_max uint16 /100 [g/dL] | 57 saturated_hemoglobin_percent uint16 /10 [%] "
        "| 58 saturated_hemoglobin_percent_min uint16 /10 [%] | "
        "59 saturated_hemoglobin_percent_max uint16 /10 [%] | 62 device_index uint8 | "
        "67 left_pco sint8 [mm] | 68 right_pco sint8 [mm] | "
        "69 left_power_phase uint8 /0.7111111 [degrees] | "
        "70 left_power_phase_peak uint8 /0.7111111 [degrees] | "
        "71 right_power_phase uint8 /0.7111111 [degrees] | "
        "72 right_power_phase_peak uint8 /0.7111111 [degrees] | 73 enhanced_speed uint32 /1000 [m/s] | "
        "78 enhanced_altitude uint32 /5 -500 [m] | 81 battery_soc uint8 /2 [percent] | "
        "82 motor_power uint16 [watts] | 83 vertical_ratio uint16 /100 [percent] | "
        "84 stance_time_balance uint16 /100 [percent] | 85 step_length uint16 /10 [mm] | "
        "87 cycle_length16 uint16 /100 [m] | 91 absolute_pressure uint32 [Pa] | 92 depth uint32 /1000 [m] "
        "| 93 next_stop_depth uint32 /1000 [m] | 94 next_stop_time uint32 [s] | "
        "95 time_to_surface uint32 [s] | 96 ndl_time uint32 [s] | 97 cns_load uint8 [percent] | "
        "98 n2_load uint16 [percent] | 99 respiration_rate uint8 [s] | "
        "108 enhanced_respiration_rate uint16 /100 [Breaths/min] | 114 grit float32 | 115 flow float32 | "
        "116 current_stress uint16 /100 | 117 ebike_travel_range uint16 [km] | "
        "118 ebike_battery_level uint8 [percent] | 119 ebike_assist_mode uint8 [depends on sensor] | "
        "120 ebike_assist_level_percent uint8 [percent] | 123 air_time_remaining uint32 [s] | "
        "124 pressure_sac uint16 /100 [bar/min] | 125 volume_sac uint16 /100 [L/min] | "
        "126 rmv uint16 /100 [L/min] | 127 ascent_rate sint32 /1000 [m/s] | 129 po2 uint8 /100 [percent] "
        "| 139 core_temperature uint16 /100 [C] | 253 timestamp date_time [s]"
    ),
    21: (  # event
        "0 event event | 1 event_type event_type | 2 data16 uint16 | 3 data uint32 | 4 event_group uint8 "
        "| 7 score uint16 | 8 opponent_score uint16 | 9 front_gear_num uint8z | 10 front_gear uint8z | "
        "11 rear_gear_num uint8z | 12 rear_gear uint8z | 13 device_index uint8 | "
        "14 activity_type activity_type | 15 start_timestamp date_time [s] | "
        "21 radar_threat_level_max enum | 22 radar_threat_count uint8 | "
        "23 radar_threat_avg_approach_speed uint8 /10 [m/s] | "
        "24 radar_threat_max_approach_speed uint8 /10 [m/s] | 253 timestamp date_time [s]"
    ),
    23: (  # device_info
        "0 device_index uint8 | 1 device_type uint8 | 2 manufacturer manufacturer | "
        "3 serial_number uint32z | 4 product uint16 | 5 software_version uint16 /100 | "
        "6 hardware_version uint8 | 7 cum_operating_time uint32 [s] | 10 battery_voltage uint16 /256 [V] "
        "| 11 battery_status battery_status | 18 sensor_position body_location | 19 descriptor string | "
        "20 ant_transmission_type uint8z | 21 ant_device_number uint16z | 22 ant_network enum | "
        "25 source_type source_type | 27 product_name string | 32 battery_level uint8 [%] | "
        "253 timestamp date_time [s]"
    ),
    26: (  # workout
        "4 sport sport | 5 capabilities uint32z | 6 num_valid_steps uint16 | 8 wkt_name string | "
        "11 sub_sport sub_sport | 14 pool_length uint16 /100 [m] | 15 pool_length_unit display_measure | "
        "17 wkt_description string | 254 message_index uint16"
    ),
    27: (  # workout_step
        "0 wkt_step_name string | 1 duration_type wkt_step_duration | 2 duration_value uint32 | "
        "3 target_type wkt_step_target | 4 target_value uint32 | 5 custom_target_value_low uint32 | "
        "6 custom_target_value_high uint32 | 7 intensity intensity | 8 notes string | 9 equipment enum | "
        "10 exercise_category uint16 | 11 exercise_name uint16 | 12 exercise_weight uint16 /100 [kg] | "
        "13 weight_display_unit fit_base_unit | 19 secondary_target_type wkt_step_target | "
        "20 secondary_target_value uint32 | 21 secondary_custom_target_value_low uint32 | "
        "22 secondary_custom_target_value_high uint32 | 254 message_index uint16"
    ),
    30: (  # weight_scale
        "0 weight uint16 /100 [kg] | 1 percent_fat uint16 /100 [%] | 2 percent_hydration uint16 /100 [%] "
        "| 3 visceral_fat_mass uint16 /100 [kg] | 4 bone_mass uint16 /100 [kg] | "
        "5 muscle_mass uint16 /100 [kg] | 7 basal_met uint16 /4 [kcal/day] | 8 physique_rating uint8 | "
        "9 active_met uint16 /4 [kcal/day] | 10 metabolic_age uint8 [years] | "
        "11 visceral_fat_rating uint8 | 12 user_profile_index uint16 | 13 bmi uint16 /10 [kg/m^2] | "
        "253 timestamp date_time [s]"
    ),
    31: (  # course
        "4 sport sport | 5 name string | 6 capabilities uint32z | 7 sub_sport sub_sport"
    ),
    32: (  # course_point
        "1 timestamp date_time | 2 position_lat sint32 [semicircles] | "
        "3 position_long sint32 [semicircles] | 4 distance uint32 /100 [m] | 5 type course_point | "
        "6 name string | 8 favorite enum | 254 message_index uint16"
    ),
    33: (  # totals
        "0 timer_time uint32 [s] | 1 distance uint32 [m] | 2 calories uint32 [kcal] | 3 sport sport | "
        "4 elapsed_time uint32 [s] | 5 sessions uint16 | 6 active_time uint32 [s] | 9 sport_index uint8 | "
        "253 timestamp date_time [s] | 254 message_index uint16"
    ),
    34: (  # activity
        "0 total_timer_time uint32 /1000 [s] | 1 num_sessions uint16 | 2 type activity | 3 event event | "
        "4 event_type event_type | 5 local_timestamp local_date_time | 6 event_group uint8 | "
        "253 timestamp date_time [s]"
    ),
    35: (  # software
        "3 version uint16 /100 | 5 part_number string | 254 message_index uint16"
    ),
    49: (  # file_creator
        "0 software_version uint16 | 1 hardware_version uint8"
    ),
    51: (  # blood_pressure
        "0 systolic_pressure uint16 [mmHg] | 1 diastolic_pressure uint16 [mmHg] | "
        "2 mean_arterial_pressure uint16 [mmHg] | 3 map_3_sample_mean uint16 [mmHg] | "
        "4 map_morning_values uint16 [mmHg] | 5 map_evening_values uint16 [mmHg] | "
        "6 heart_rate uint8 [bpm] | 7 heart_rate_type hr_type | 8 status enum | "
        "9 user_profile_index uint16 | 253 timestamp date_time [s]"
    ),
    55: (  # monitoring
        "0 device_index uint8 | 1 calories uint16 [kcal] | 2 distance uint32 /100 [m] | "
        "3 cycles uint32 /2 [cycles] | 4 active_time uint32 /1000 [s] | 5 activity_type activity_type | "
        "6 activity_subtype enum | 7 activity_level enum | 8 distance_16 uint16 [100*m] | "
        "9 cycles_16 uint16 [2*cycles or steps] | 10 active_time_16 uint16 [s] | "
        "11 local_timestamp local_date_time | 12 temperature sint16 /100 [C] | "
        "14 temperature_min sint16 /100 [C] | 15 temperature_max sint16 /100 [C] | "
        "16 activity_time uint16 [minutes] | 19 active_calories uint16 [kcal] | "
        "24 current_activity_type_intensity byte | 25 timestamp_min_8 uint8 [min] | "
        "26 timestamp_16 uint16 [s] | 27 heart_rate uint8 [bpm] | 28 intensity uint8 /10 | "
        "29 duration_min uint16 [min] | 30 duration uint32 [s] | 31 ascent uint32 /1000 [m] | "
        "32 descent uint32 /1000 [m] | 33 moderate_activity_minutes uint16 [minutes] | "
        "34 vigorous_activity_minutes uint16 [minutes] | 41 pushes uint32 | 253 timestamp date_time [s]"
    ),
    78: (  # hrv
        "0 time uint16 /1000 [s]"
    ),
    101: (  # length
        "0 event event | 1 event_type event_type | 2 start_time date_time | "
        "3 total_elapsed_time uint32 /1000 [s] | 4 total_timer_time uint32 /1000 [s] | "
        "5 total_strokes uint16 [strokes] | 6 avg_speed uint16 /1000 [m/s] | "
        "7 swim_stroke swim_stroke [swim_stroke] | 9 avg_swimming_cadence uint8 [strokes/min] | "
        "10 event_group uint8 | 11 total_calories uint16 [kcal] | 12 length_type length_type | "
        "18 player_score uint16 | 19 opponent_score uint16 | 20 stroke_count uint16 [counts] | "
        "21 zone_count uint16 [counts] | 22 enhanced_avg_respiration_rate uint16 /100 [Breaths/min] | "
        "23 enhanced_max_respiration_rate uint16 /100 [Breaths/min] | 24 avg_respiration_rate uint8 | "
        "25 max_respiration_rate uint8 | 26 metabolic_calories uint16 [kcal] | "
        "253 timestamp date_time [s] | 254 message_index uint16"
    ),
    103: (  # monitoring_info
        "0 local_timestamp local_date_time [s] | 1 activity_type activity_type | "
        "3 cycles_to_distance uint16 /5000 [m/cycle] | 4 cycles_to_calories uint16 /5000 [kcal/cycle] | "
        "5 resting_metabolic_rate uint16 [kcal/day] | 253 timestamp date_time [s]"
    ),
    132: (  # hr
        "0 fractional_timestamp uint16 /32768 [s] | 1 time256 uint8 /256 [s] | 6 filtered_bpm uint8 [bpm] "
        "| 9 event_timestamp uint32 /1024 [s] | 10 event_timestamp_12 byte [s] | "
        "253 timestamp date_time [s]"
    ),
    142: (  # segment_lap
        "0 event event | 1 event_type event_type | 2 start_time date_time | "
        "3 start_position_lat sint32 [semicircles] | 4 start_position_long sint32 [semicircles] | "
        "5 end_position_lat sint32 [semicircles] | 6 end_position_long sint32 [semicircles] | "
        "7 total_elapsed_time uint32 /1000 [s] | 8 total_timer_time uint32 /1000 [s] | "
        "9 total_distance uint32 /100 [m] | 10 total_cycles uint32 [cycles] | "
        "11 total_calories uint16 [kcal] | 12 total_fat_calories uint16 [kcal] | "
        "13 avg_speed uint16 /1000 [m/s] | 14 max_speed uint16 /1000 [m/s] | "
        "15 avg_heart_rate uint8 [bpm] | 16 max_heart_rate uint8 [bpm] | 17 avg_cadence uint8 [rpm] | "
        "18 max_cadence uint8 [rpm] | 19 avg_power uint16 [watts] | 20 max_power uint16 [watts] | "
        "21 total_ascent uint16 [m] | 22 total_descent uint16 [m] | 23 sport sport | 24 event_group uint8 "
        "| 25 nec_lat sint32 [semicircles] | 26 nec_long sint32 [semicircles] | "
        "27 swc_lat sint32 [semicircles] | 28 swc_long sint32 [semicircles] | 29 name string | "
        "30 normalized_power uint16 [watts] | 31 left_right_balance uint16 | 32 sub_sport sub_sport | "
        "33 total_work uint32 [J] | 34 avg_altitude uint16 /5 -500 [m] | "
        "35 max_altitude uint16 /5 -500 [m] | 36 gps_accuracy uint8 [m] | 37 avg_grade sint16 /100 [%] | "
        "38 avg_pos_grade sint16 /100 [%] | 39 avg_neg_grade sint16 /100 [%] | "
        "40 max_pos_grade sint16 /100 [%] | 41 max_neg_grade sint16 /100 [%] | "
        "42 avg_temperature sint8 [C] | 43 max_temperature sint8 [C] | "
        "44 total_moving_time uint32 /1000 [s] | 45 avg_pos_vertical_speed sint16 /1000 [m/s] | "
        "46 avg_neg_vertical_speed sint16 /1000 [m/s] | 47 max_pos_vertical_speed sint16 /1000 [m/s] | "
        "48 max_neg_vertical_speed sint16 /1000 [m/s] | 49 time_in_hr_zone uint32 /1000 [s] | "
        "50 time_in_speed_zone uint32 /1000 [s] | 51 time_in_cadence_zone uint32 /1000 [s] | "
        "52 time_in_power_zone uint32 /1000 [s] | 53 repetition_num uint16 | "
        "54 min_altitude uint16 /5 -500 [m] | 55 min_heart_rate uint8 [bpm] | "
        "56 active_time uint32 /1000 [s] | 57 wkt_step_index uint16 | 58 sport_event enum | "
        "59 avg_left_torque_effectiveness uint8 /2 [percent] | "
        "60 avg_right_torque_effectiveness uint8 /2 [percent] | "
        "61 avg_left_pedal_smoothness uint8 /2 [percent] | "
        "62 avg_right_pedal_smoothness uint8 /2 [percent] | "
        "63 avg_combined_pedal_smoothness uint8 /2 [percent] | 64 status enum | 65 uuid string | "
        "66 avg_fractional_cadence uint8 /128 [rpm] | 67 max_fractional_cadence uint8 /128 [rpm] | "
        "68 total_fractional_cycles uint8 /128 [cycles] | 69 front_gear_shift_count uint16 | "
        "70 rear_gear_shift_count uint16 | 71 time_standing uint32 /1000 [s] | 72 stand_count uint16 | "
        "73 avg_left_pco sint8 [mm] | 74 avg_right_pco sint8 [mm] | "
        "75 avg_left_power_phase uint8 /0.7111111 [degrees] | "
        "76 avg_left_power_phase_peak uint8 /0.7111111 [degrees] | "
        "77 avg_right_power_phase uint8 /0.7111111 [degrees] | "
        "78 avg_right_power_phase_peak uint8 /0.7111111 [degrees] | 79 avg_power_position uint16 [watts] "
        "| 80 max_power_position uint16 [watts] | 81 avg_cadence_position uint8 [rpm] | "
        "82 max_cadence_position uint8 [rpm] | 83 manufacturer manufacturer | "
        "84 total_grit float32 [kGrit] | 85 total_flow float32 [Flow] | 86 avg_grit float32 [kGrit] | "
        "87 avg_flow float32 [Flow] | 88 metabolic_calories uint16 [kcal] | "
        "89 total_fractional_ascent uint8 /100 [m] | 90 total_fractional_descent uint8 /100 [m] | "
        "91 enhanced_avg_altitude uint32 /5 -500 [m] | 92 enhanced_max_altitude uint32 /5 -500 [m] | "
        "93 enhanced_min_altitude uint32 /5 -500 [m] | 253 timestamp date_time [s] | "
        "254 message_index uint16"
    ),
    145: (  # memo_glob
        "0 memo byte | 1 mesg_num uint16 | 2 parent_index uint16 | 3 field_num uint8 | 4 data uint8z | "
        "250 part_index uint32"
    ),
    158: (  # workout_session
        "0 sport sport | 1 sub_sport sub_sport | 2 num_valid_steps uint16 | 3 first_step_index uint16 | "
        "4 pool_length uint16 /100 [m] | 5 pool_length_unit display_measure | 254 message_index uint16"
    ),
    160: (  # gps_metadata
        "0 timestamp_ms uint16 [ms] | 1 position_lat sint32 [semicircles] | "
        "2 position_long sint32 [semicircles] | 3 enhanced_altitude uint32 /5 -500 [m] | "
        "4 enhanced_speed uint32 /1000 [m/s] | 5 heading uint16 /100 [degrees] | "
        "6 utc_timestamp date_time [s] | 7 velocity sint16 /100 [m/s] | 253 timestamp date_time [s]"
    ),
    162: (  # timestamp_correlation
        "0 fractional_timestamp uint16 /32768 [s] | 1 system_timestamp date_time [s] | "
        "2 fractional_system_timestamp uint16 /32768 [s] | 3 local_timestamp local_date_time [s] | "
        "4 timestamp_ms uint16 [ms] | 5 system_timestamp_ms uint16 [ms] | 253 timestamp date_time [s]"
    ),
    206: (  # field_description
        "0 developer_data_index uint8 | 1 field_definition_number uint8 | 2 fit_base_type_id uint8 | "
        "3 field_name string | 4 array uint8 | 5 components string | 6 scale uint8 | 7 offset sint8 | "
        "8 units string | 9 bits string | 10 accumulate string | 13 fit_base_unit_id fit_base_unit | "
        "14 native_mesg_num uint16 | 15 native_field_num uint8"
    ),
    207: (  # developer_data_id
        "0 developer_id byte | 1 application_id byte | 2 manufacturer_id manufacturer | "
        "3 developer_data_index uint8 | 4 application_version uint32"
    ),
    216: (  # time_in_zone
        "0 reference_mesg uint16 | 1 reference_index uint16 | 2 time_in_hr_zone uint32 /1000 [s] | "
        "3 time_in_speed_zone uint32 /1000 [s] | 4 time_in_cadence_zone uint32 /1000 [s] | "
        "5 time_in_power_zone uint32 /1000 [s] | 6 hr_zone_high_boundary uint8 [bpm] | "
        "7 speed_zone_high_boundary uint16 /1000 [m/s] | 8 cadence_zone_high_bondary uint8 [rpm] | "
        "9 power_zone_high_boundary uint16 [watts] | 10 hr_calc_type enum | 11 max_heart_rate uint8 | "
        "12 resting_heart_rate uint8 | 13 threshold_heart_rate uint8 | 14 pwr_calc_type enum | "
        "15 functional_threshold_power uint16 | 253 timestamp date_time [s]"
    ),
    225: (  # set
        "0 duration uint32 /1000 [s] | 3 repetitions uint16 | 4 weight uint16 /16 [kg] | "
        "5 set_type set_type | 6 start_time date_time | 7 category uint16 | 8 category_subtype uint16 | "
        "9 weight_display_unit fit_base_unit | 10 message_index uint16 | 11 wkt_step_index uint16 | "
        "254 timestamp date_time"
    ),
    268: (  # dive_summary
        "0 reference_mesg uint16 | 1 reference_index uint16 | 2 avg_depth uint32 /1000 [m] | "
        "3 max_depth uint32 /1000 [m] | 4 surface_interval uint32 [s] | 5 start_cns uint8 [percent] | "
        "6 end_cns uint8 [percent] | 7 start_n2 uint16 [percent] | 8 end_n2 uint16 [percent] | "
        "9 o2_toxicity uint16 [OTUs] | 10 dive_number uint32 | 11 bottom_time uint32 /1000 [s] | "
        "12 avg_pressure_sac uint16 /100 [bar/min] | 13 avg_volume_sac uint16 /100 [L/min] | "
        "14 avg_rmv uint16 /100 [L/min] | 15 descent_time uint32 /1000 [s] | "
        "16 ascent_time uint32 /1000 [s] | 17 avg_ascent_rate sint32 /1000 [m/s] | "
        "22 avg_descent_rate uint32 /1000 [m/s] | 23 max_ascent_rate uint32 /1000 [m/s] | "
        "24 max_descent_rate uint32 /1000 [m/s] | 25 hang_time uint32 /1000 [s] | "
        "253 timestamp date_time [s]"
    ),
    312: (  # split
        "0 split_type split_type | 1 total_elapsed_time uint32 /1000 [s] | "
        "2 total_timer_time uint32 /1000 [s] | 3 total_distance uint32 /100 [m] | "
        "4 avg_speed uint32 /1000 [m/s] | 9 start_time date_time | 11 sport sport | "
        "12 sub_sport sub_sport | 13 total_ascent uint16 [m] | 14 total_descent uint16 [m] | "
        "15 avg_heart_rate uint8 [bpm] | 16 max_heart_rate uint8 [bpm] | 17 nec_lat sint32 [semicircles] "
        "| 18 nec_long sint32 [semicircles] | 19 swc_lat sint32 [semicircles] | "
        "20 swc_long sint32 [semicircles] | 21 start_position_lat sint32 [semicircles] | "
        "22 start_position_long sint32 [semicircles] | 23 end_position_lat sint32 [semicircles] | "
        "24 end_position_long sint32 [semicircles] | 25 max_speed uint32 /1000 [m/s] | "
        "26 avg_vert_speed sint32 /1000 [m/s] | 27 end_time date_time | 28 total_calories uint32 [kcal] | "
        "29 avg_cadence uint16 /128 [rpm] | 30 max_cadence uint16 /128 [rpm] | "
        "31 total_cycles uint32 [cycles] | 32 avg_temperature sint8 [C] | 33 max_temperature sint8 [C] | "
        "34 min_temperature sint8 [C] | 35 avg_vertical_oscillation uint16 /10 [mm] | "
        "36 avg_vertical_ratio uint16 /100 [percent] | 37 avg_stance_time uint16 /10 [ms] | "
        "38 avg_stance_time_balance uint16 /100 [percent] | 39 avg_step_length uint16 /10 [mm] | "
        "40 avg_power uint16 [watts] | 41 max_power uint16 [watts] | 42 normalized_power uint16 [watts] | "
        "43 left_right_balance uint16 | 44 time_standing uint32 /1000 [s] | 45 avg_left_pco sint8 [mm] | "
        "46 avg_right_pco sint8 [mm] | 47 avg_left_power_phase uint8 /0.7111111 [degrees] | "
        "48 avg_left_power_phase_peak uint8 /0.7111111 [degrees] | "
        "49 avg_right_power_phase uint8 /0.7111111 [degrees] | "
        "50 avg_right_power_phase_peak uint8 /0.7111111 [degrees] | 51 avg_power_position uint16 [watts] "
        "| 52 max_power_position uint16 [watts] | 53 avg_left_torque_effectiveness uint8 /2 [percent] | "
        "54 avg_right_torque_effectiveness uint8 /2 [percent] | "
        "55 avg_left_pedal_smoothness uint8 /2 [percent] | "
        "56 avg_right_pedal_smoothness uint8 /2 [percent] | "
        "57 avg_combined_pedal_smoothness uint8 /2 [percent] | 58 avg_flow float32 [Flow] | "
        "59 total_grit float32 [kGrit] | 62 swim_stroke swim_stroke | "
        "63 num_active_lengths uint16 [lengths] | 64 avg_swolf uint16 | "
        "65 avg_stroke_distance uint16 /100 [m] | 66 avg_strokes_per_length uint16 /10 [strokes/length] | "
        "67 first_lap_index uint16 | 68 num_laps uint16 | 69 climb_grading_scale enum | "
        "70 climb_grade_value uint32 | 71 status enum | 72 num_falls uint16 | 73 climb_send enum | "
        "74 start_elevation uint32 /5 -500 [m] | 78 active_time uint32 /1000 [s] | "
        "79 metabolic_calories uint16 [kcal] | 80 total_fractional_ascent uint8 /100 [m] | "
        "81 total_fractional_descent uint8 /100 [m] | 88 avg_grade sint16 /100 [%] | "
        "89 max_grade sint16 /100 [%] | 90 min_cadence uint16 /128 [rpm] | "
        "93 avg_grade_adjusted_speed uint32 /1000 [m/s] | 94 avg_stress uint16 | "
        "99 avg_vam uint16 /1000 [m/s] | 104 jump_count uint8 | 110 total_moving_time uint32 /1000 [s] | "
        "112 dive_section_type enum | 113 avg_ascent_rate uint32 /1000 [m/s] | "
        "114 max_ascent_rate uint32 /1000 [m/s] | 115 avg_descent_rate uint32 /1000 [m/s] | "
        "116 max_descent_rate uint32 /1000 [m/s] | 117 total_ascent_time uint32 /1000 [s] | "
        "118 total_descent_time uint32 /1000 [s] | 119 total_hang_time uint32 /1000 [s] | "
        "120 apnea_discipline enum | 121 avg_depth uint32 /1000 [m] | 122 max_depth uint32 /1000 [m] | "
        "124 min_heart_rate uint8 [bpm] | 127 surface_interval uint32 [s] | "
        "142 total_fractional_cycles uint8 /128 [cycles] | "
        "144 avg_stance_time_percent uint16 /100 [percent] | "
        "168 total_anaerobic_training_effect uint8 /10 | 169 front_gear_shift_count uint16 | "
        "170 rear_gear_shift_count uint16 | 253 timestamp date_time [s] | 254 message_index uint16"
    ),
}

#: Words of the enumerated types: base type, then number and word.
WORDS: dict[str, tuple[str, str]] = {
    "file": (
        "enum",
        (
            "1 device | 2 settings | 3 sport | 4 activity | 5 workout | 6 course | 7 schedules | 9 weight | "
            "10 totals | 11 goals | 14 blood_pressure | 15 monitoring_a | 20 activity_summary | "
            "28 monitoring_daily | 32 monitoring_b | 34 segment | 35 segment_list | 40 exd_configuration | "
            "247 mfg_range_min | 254 mfg_range_max"
        ),
    ),
    "sport": (
        "enum",
        (
            "0 generic | 1 running | 2 cycling | 3 transition | 4 fitness_equipment | 5 swimming | "
            "6 basketball | 7 soccer | 8 tennis | 9 american_football | 10 training | 11 walking | "
            "12 cross_country_skiing | 13 alpine_skiing | 14 snowboarding | 15 rowing | 16 mountaineering | "
            "17 hiking | 18 multisport | 19 paddling | 20 flying | 21 e_biking | 22 motorcycling | 23 boating "
            "| 24 driving | 25 golf | 26 hang_gliding | 27 horseback_riding | 28 hunting | 29 fishing | "
            "30 inline_skating | 31 rock_climbing | 32 sailing | 33 ice_skating | 34 sky_diving | "
            "35 snowshoeing | 36 snowmobiling | 37 stand_up_paddleboarding | 38 surfing | 39 wakeboarding | "
            "40 water_skiing | 41 kayaking | 42 rafting | 43 windsurfing | 44 kitesurfing | 45 tactical | "
            "46 jumpmaster | 47 boxing | 48 floor_climbing | 49 baseball | 53 diving | 56 shooting | "
            "58 winter_sport | 59 grinding | 62 hiit | 63 video_gaming | 64 racket | 65 wheelchair_push_walk "
            "| 66 wheelchair_push_run | 67 meditation | 68 para_sport | 69 disc_golf | 70 team_sport | "
            "71 cricket | 72 rugby | 73 hockey | 74 lacrosse | 75 volleyball | 76 water_tubing | "
            "77 wakesurfing | 78 water_sport | 79 archery | 80 mixed_martial_arts | 81 motor_sports | "
            "82 snorkeling | 83 dance | 84 jump_rope | 85 pool_apnea | 86 mobility | 87 geocaching | "
            "88 canoeing | 254 all"
        ),
    ),
    "sub_sport": (
        "enum",
        (
            "0 generic | 1 treadmill | 2 street | 3 trail | 4 track | 5 spin | 6 indoor_cycling | 7 road | "
            "8 mountain | 9 downhill | 10 recumbent | 11 cyclocross | 12 hand_cycling | 13 track_cycling | "
            "14 indoor_rowing | 15 elliptical | 16 stair_climbing | 17 lap_swimming | 18 open_water | "
            "19 flexibility_training | 20 strength_training | 21 warm_up | 22 match | 23 exercise | "
            "24 challenge | 25 indoor_skiing | 26 cardio_training | 27 indoor_walking | 28 e_bike_fitness | "
            "29 bmx | 30 casual_walking | 31 speed_walking | 32 bike_to_run_transition | "
            "33 run_to_bike_transition | 34 swim_to_bike_transition | 35 atv | 36 motocross | 37 backcountry "
            "| 38 resort | 39 rc_drone | 40 wingsuit | 41 whitewater | 42 skate_skiing | 43 yoga | 44 pilates "
            "| 45 indoor_running | 46 gravel_cycling | 47 e_bike_mountain | 48 commuting | 49 mixed_surface | "
            "50 navigate | 51 track_me | 52 map | 53 single_gas_diving | 54 multi_gas_diving | "
            "55 gauge_diving | 56 apnea_diving | 57 apnea_hunting | 58 virtual_activity | 59 obstacle | "
            "62 breathing | 63 ccr_diving | 65 sail_race | 66 expedition | 67 ultra | 68 indoor_climbing | "
            "69 bouldering | 70 hiit | 71 indoor_grinding | 72 hunting_with_dogs | 73 amrap | 74 emom | "
            "75 tabata | 77 esport | 78 triathlon | 79 duathlon | 80 brick | 81 swim_run | 82 adventure_race "
            "| 83 trucker_workout | 84 pickleball | 85 padel | 86 indoor_wheelchair_walk | "
            "87 indoor_wheelchair_run | 88 indoor_hand_cycling | 90 field | 91 ice | 92 ultimate | "
            "93 platform | 94 squash | 95 badminton | 96 racquetball | 97 table_tennis | 98 overland | "
            "99 trolling_motor | 110 fly_canopy | 111 fly_paraglide | 112 fly_paramotor | 113 fly_pressurized "
            "| 114 fly_navigate | 115 fly_timer | 116 fly_altimeter | 117 fly_wx | 118 fly_vfr | 119 fly_ifr "
            "| 121 dynamic_apnea | 123 enduro | 124 rucking | 125 rally | 126 pool_triathlon | "
            "127 e_bike_enduro | 254 all"
        ),
    ),
    "event": (
        "enum",
        (
            "0 timer | 3 workout | 4 workout_step | 5 power_down | 6 power_up | 7 off_course | 8 session | "
            "9 lap | 10 course_point | 11 battery | 12 virtual_partner_pace | 13 hr_high_alert | "
            "14 hr_low_alert | 15 speed_high_alert | 16 speed_low_alert | 17 cad_high_alert | "
            "18 cad_low_alert | 19 power_high_alert | 20 power_low_alert | 21 recovery_hr | 22 battery_low | "
            "23 time_duration_alert | 24 distance_duration_alert | 25 calorie_duration_alert | 26 activity | "
            "27 fitness_equipment | 28 length | 32 user_marker | 33 sport_point | 36 calibration | "
            "42 front_gear_change | 43 rear_gear_change | 44 rider_position_change | 45 elev_high_alert | "
            "46 elev_low_alert | 47 comm_timeout | 54 auto_activity_detect | 56 dive_alert | "
            "57 dive_gas_switched | 71 tank_pressure_reserve | 72 tank_pressure_critical | 73 tank_lost | "
            "75 radar_threat_alert | 76 tank_battery_low | 81 tank_pod_connected | 82 tank_pod_disconnected"
        ),
    ),
    "event_type": (
        "enum",
        (
            "0 start | 1 stop | 2 consecutive_depreciated | 3 marker | 4 stop_all | 5 begin_depreciated | "
            "6 end_depreciated | 7 end_all_depreciated | 8 stop_disable | 9 stop_disable_all"
        ),
    ),
    "source_type": (
        "enum",
        ("0 ant | 1 antplus | 2 bluetooth | 3 bluetooth_low_energy | 4 wifi | 5 local"),
    ),
    "local_device_type": (
        "uint8",
        ("0 gps | 1 glonass | 2 gps_glonass | 3 accelerometer | 4 barometer | 5 temperature | 10 whr | 12 sensor_hub"),
    ),
    "antplus_device_type": (
        "uint8",
        (
            "1 antfs | 11 bike_power | 12 environment_sensor_legacy | 15 multi_sport_speed_distance | "
            "16 control | 17 fitness_equipment | 18 blood_pressure | 19 geocache_node | "
            "20 light_electric_vehicle | 25 env_sensor | 26 racquet | 27 control_hub | 31 muscle_oxygen | "
            "34 shifting | 35 bike_light_main | 36 bike_light_shared | 38 exd | 40 bike_radar | 46 bike_aero "
            "| 119 weight_scale | 120 heart_rate | 121 bike_speed_cadence | 122 bike_cadence | 123 bike_speed "
            "| 124 stride_speed_distance"
        ),
    ),
    "manufacturer": (
        "uint16",
        (
            "1 garmin | 2 garmin_fr405_antfs | 3 zephyr | 4 dayton | 5 idt | 6 srm | 7 quarq | 8 ibike | "
            "9 saris | 10 spark_hk | 11 tanita | 12 echowell | 13 dynastream_oem | 14 nautilus | "
            "15 dynastream | 16 timex | 17 metrigear | 18 xelic | 19 beurer | 20 cardiosport | 21 a_and_d | "
            "22 hmm | 23 suunto | 24 thita_elektronik | 25 gpulse | 26 clean_mobile | 27 pedal_brain | "
            "28 peaksware | 29 saxonar | 30 lemond_fitness | 31 dexcom | 32 wahoo_fitness | 33 octane_fitness "
            "| 34 archinoetics | 35 the_hurt_box | 36 citizen_systems | 37 magellan | 38 osynce | 39 holux | "
            "40 concept2 | 41 shimano | 42 one_giant_leap | 43 ace_sensor | 44 brim_brothers | 45 xplova | "
            "46 perception_digital | 47 bf1systems | 48 pioneer | 49 spantec | 50 metalogics | 51 4iiiis | "
            "52 seiko_epson | 53 seiko_epson_oem | 54 ifor_powell | 55 maxwell_guider | 56 star_trac | "
            "57 breakaway | 58 alatech_technology_ltd | 59 mio_technology_europe | 60 rotor | 61 geonaute | "
            "62 id_bike | 63 specialized | 64 wtek | 65 physical_enterprises | 66 north_pole_engineering | "
            "67 bkool | 68 cateye | 69 stages_cycling | 70 sigmasport | 71 tomtom | 72 peripedal | "
            "73 wattbike | 76 moxy | 77 ciclosport | 78 powerbahn | 79 acorn_projects_aps | 80 lifebeam | "
            "81 bontrager | 82 wellgo | 83 scosche | 84 magura | 85 woodway | 86 elite | 87 nielsen_kellerman "
            "| 88 dk_city | 89 tacx | 90 direction_technology | 91 magtonic | 92 1partcarbon | "
            "93 inside_ride_technologies | 94 sound_of_motion | 95 stryd | 96 icg | 97 MiPulse | "
            "98 bsx_athletics | 99 look | 100 campagnolo_srl | 101 body_bike_smart | 102 praxisworks | "
            "103 limits_technology | 104 topaction_technology | 105 cosinuss | 106 fitcare | 107 magene | "
            "108 giant_manufacturing_co | 109 tigrasport | 110 salutron | 111 technogym | 112 bryton_sensors "
            "| 113 latitude_limited | 114 soaring_technology | 115 igpsport | 116 thinkrider | "
            "117 gopher_sport | 118 waterrower | 119 orangetheory | 120 inpeak | 121 kinetic | "
            "122 johnson_health_tech | 123 polar_electro | 124 seesense | 125 nci_technology | 126 iqsquare | "
            "127 leomo | 128 ifit_com | 129 coros_byte | 130 versa_design | 131 chileaf | 132 cycplus | "
            "133 gravaa_byte | 134 sigeyi | 135 coospo | 136 geoid | 137 bosch | 138 kyto | "
            "139 kinetic_sports | 140 decathlon_byte | 141 tq_systems | 142 tag_heuer | 143 keiser_fitness | "
            "144 zwift_byte | 145 porsche_ep | 146 blackbird | 147 meilan_byte | 148 ezon | 149 laisi | "
            "150 myzone | 151 abawo | 152 bafang | 153 luhong_technology | 255 development | "
            "257 healthandlife | 258 lezyne | 259 scribe_labs | 260 zwift | 261 watteam | 262 recon | "
            "263 favero_electronics | 264 dynovelo | 265 strava | 266 precor | 267 bryton | 268 sram | "
            "269 navman | 270 cobi | 271 spivi | 272 mio_magellan | 273 evesports | 274 sensitivus_gauge | "
            "275 podoon | 276 life_time_fitness | 277 falco_e_motors | 278 minoura | 279 cycliq | "
            "280 luxottica | 281 trainer_road | 282 the_sufferfest | 283 fullspeedahead | 284 virtualtraining "
            "| 285 feedbacksports | 286 omata | 287 vdo | 288 magneticdays | 289 hammerhead | "
            "290 kinetic_by_kurt | 291 shapelog | 292 dabuziduo | 293 jetblack | 294 coros | 295 virtugo | "
            "296 velosense | 297 cycligentinc | 298 trailforks | 299 mahle_ebikemotion | 300 nurvv | "
            "301 microprogram | 302 zone5cloud | 303 greenteg | 304 yamaha_motors | 305 whoop | 306 gravaa | "
            "307 onelap | 308 monark_exercise | 309 form | 310 decathlon | 311 syncros | 312 heatup | "
            "313 cannondale | 314 true_fitness | 315 RGT_cycling | 316 vasa | 317 race_republic | 318 fazua | "
            "319 oreka_training | 320 lsec | 321 lululemon_studio | 322 shanyue | 323 spinning_mda | "
            "324 hilldating | 325 aero_sensor | 326 nike | 327 magicshine | 328 ictrainer | "
            "329 absolute_cycling | 330 eo_swimbetter | 331 mywhoosh | 332 ravemen | "
            "333 tektro_racing_products | 334 darad_innovation_corporation | 335 cycloptim | 337 runna | "
            "339 zepp | 340 peloton | 341 carv | 342 tissot | 345 real_velo | 346 wetech | 347 jespr | "
            "348 huawei | 349 gotoes | 350 cadence_app | 351 una_watch | 352 tymewear | 353 exposure_lights | "
            "354 forto_cycling | 5759 actigraphcorp"
        ),
    ),
    "garmin_product": (
        "uint16",
        (
            "1 hrm1 | 2 axh01 | 3 axb01 | 4 axb02 | 5 hrm2ss | 6 dsi_alf02 | 7 hrm3ss | "
            "8 hrm_run_single_byte_product_id | 9 bsm | 10 bcm | 11 axs01 | 12 hrm_tri_single_byte_product_id "
            "| 13 hrm4_run_single_byte_product_id | 14 fr225_single_byte_product_id | "
            "15 gen3_bsm_single_byte_product_id | 16 gen3_bcm_single_byte_product_id | "
            "22 hrm_fit_single_byte_product_id | 255 OHR | 473 fr301_china | 474 fr301_japan | "
            "475 fr301_korea | 494 fr301_taiwan | 717 fr405 | 782 fr50 | 987 fr405_japan | 988 fr60 | "
            "1011 dsi_alf01 | 1018 fr310xt | 1036 edge500 | 1124 fr110 | 1169 edge800 | 1199 edge500_taiwan | "
            "1213 edge500_japan | 1253 chirp | 1274 fr110_japan | 1325 edge200 | 1328 fr910xt | "
            "1333 edge800_taiwan | 1334 edge800_japan | 1341 alf04 | 1345 fr610 | 1360 fr210_japan | "
            "1380 vector_ss | 1381 vector_cp | 1386 edge800_china | 1387 edge500_china | 1405 approach_g10 | "
            "1410 fr610_japan | 1422 edge500_korea | 1436 fr70 | 1446 fr310xt_4t | 1461 amx | 1482 fr10 | "
            "1497 edge800_korea | 1499 swim | 1537 fr910xt_china | 1551 fenix | 1555 edge200_taiwan | "
            "1561 edge510 | 1567 edge810 | 1570 tempe | 1600 fr910xt_japan | 1623 fr620 | 1632 fr220 | "
            "1664 fr910xt_korea | 1688 fr10_japan | 1721 edge810_japan | 1735 virb_elite | 1736 edge_touring "
            "| 1742 edge510_japan | 1743 hrm_tri | 1752 hrm_run | 1765 fr920xt | 1821 edge510_asia | "
            "1822 edge810_china | 1823 edge810_taiwan | 1836 edge1000 | 1837 vivo_fit | 1853 virb_remote | "
            "1885 vivo_ki | 1903 fr15 | 1907 vivo_active | 1918 edge510_korea | 1928 fr620_japan | "
            "1929 fr620_china | 1930 fr220_japan | 1931 fr220_china | 1936 approach_s6 | 1956 vivo_smart | "
            "1967 fenix2 | 1988 epix | 2050 fenix3 | 2052 edge1000_taiwan | 2053 edge1000_japan | "
            "2061 fr15_japan | 2067 edge520 | 2070 edge1000_china | 2072 fr620_russia | 2073 fr220_russia | "
            "2079 vector_s | 2100 edge1000_korea | 2130 fr920xt_taiwan | 2131 fr920xt_china | "
            "2132 fr920xt_japan | 2134 virbx | 2135 vivo_smart_apac | 2140 etrex_touch | 2147 edge25 | "
            "2148 fr25 | 2150 vivo_fit2 | 2153 fr225 | 2156 fr630 | 2157 fr230 | 2158 fr735xt | "
            "2160 vivo_active_apac | 2161 vector_2 | 2162 vector_2s | 2172 virbxe | 2173 fr620_taiwan | "
            "2174 fr220_taiwan | 2175 truswing | 2187 d2airvenu | 2188 fenix3_china | 2189 fenix3_twn | "
            "2192 varia_headlight | 2193 varia_taillight_old | 2204 edge_explore_1000 | 2219 fr225_asia | "
            "2225 varia_radar_taillight | 2226 varia_radar_display | 2238 edge20 | 2260 edge520_asia | "
            "2261 edge520_japan | 2262 d2_bravo | 2266 approach_s20 | 2271 vivo_smart2 | 2274 edge1000_thai | "
            "2276 varia_remote | 2288 edge25_asia | 2289 edge25_jpn | 2290 edge20_asia | 2292 approach_x40 | "
            "2293 fenix3_japan | 2294 vivo_smart_emea | 2310 fr630_asia | 2311 fr630_jpn | 2313 fr230_jpn | "
            "2327 hrm4_run | 2332 epix_japan | 2337 vivo_active_hr | 2347 vivo_smart_gps_hr | "
            "2348 vivo_smart_hr | 2361 vivo_smart_hr_asia | 2362 vivo_smart_gps_hr_asia | 2368 vivo_move | "
            "2379 varia_taillight | 2396 fr235_asia | 2397 fr235_japan | 2398 varia_vision | 2406 vivo_fit3 | "
            "2407 fenix3_korea | 2408 fenix3_sea | 2413 fenix3_hr | 2417 virb_ultra_30 | "
            "2429 index_smart_scale | 2431 fr235 | 2432 fenix3_chronos | 2441 oregon7xx | 2444 rino7xx | "
            "2457 epix_korea | 2473 fenix3_hr_chn | 2474 fenix3_hr_twn | 2475 fenix3_hr_jpn | "
            "2476 fenix3_hr_sea | 2477 fenix3_hr_kor | 2496 nautix | 2497 vivo_active_hr_apac | 2503 fr35 | "
            "2512 oregon7xx_ww | 2530 edge_820 | 2531 edge_explore_820 | 2533 fr735xt_apac | "
            "2534 fr735xt_japan | 2544 fenix5s | 2547 d2_bravo_titanium | 2567 varia_ut800 | "
            "2593 running_dynamics_pod | 2599 edge_820_china | 2600 edge_820_japan | 2604 fenix5x | "
            "2606 vivo_fit_jr | 2622 vivo_smart3 | 2623 vivo_sport | 2628 edge_820_taiwan | "
            "2629 edge_820_korea | 2630 edge_820_sea | 2650 fr35_hebrew | 2656 approach_s60 | 2667 fr35_apac "
            "| 2668 fr35_japan | 2675 fenix3_chronos_asia | 2687 virb_360 | 2691 fr935 | 2697 fenix5 | "
            "2700 vivoactive3 | 2713 edge_1030 | 2727 fr35_sea | 2733 fr235_china_nfc | 2769 foretrex_601_701 "
            "| 2772 vivo_move_hr | 2787 vector_3 | 2796 fenix5_asia | 2797 fenix5s_asia | 2798 fenix5x_asia | "
            "2806 approach_z80 | 2814 fr35_korea | 2819 d2charlie | 2831 vivo_smart3_apac | "
            "2832 vivo_sport_apac | 2833 fr935_asia | 2859 descent | 2878 vivo_fit4 | 2886 fr645 | "
            "2888 fr645m | 2891 fr30 | 2900 fenix5s_plus | 2909 Edge_130 | 2924 edge_1030_asia | "
            "2927 vivosmart_4 | 2945 vivo_move_hr_asia | 2962 approach_x10 | 2977 fr30_asia | "
            "2988 vivoactive3m_w | 3003 fr645_asia | 3004 fr645m_asia | 3011 edge_explore | 3028 gpsmap66 | "
            "3049 approach_s10 | 3066 vivoactive3m_l | 3076 fr245 | 3077 fr245_music | 3085 approach_g80 | "
            "3092 edge_130_asia | 3095 edge_1030_bontrager | 3110 fenix5_plus | 3111 fenix5x_plus | "
            "3112 edge_520_plus | 3113 fr945 | 3121 edge_530 | 3122 edge_830 | 3126 instinct_esports | "
            "3134 fenix5s_plus_apac | 3135 fenix5x_plus_apac | 3142 edge_520_plus_apac | 3143 descent_t1 | "
            "3144 fr235l_asia | 3145 fr245_asia | 3163 vivo_active3m_apac | 3192 gen3_bsm | 3193 gen3_bcm | "
            "3218 vivo_smart4_asia | 3224 vivoactive4_small | 3225 vivoactive4_large | 3226 venu | "
            "3246 marq_driver | 3247 marq_aviator | 3248 marq_captain | 3249 marq_commander | "
            "3250 marq_expedition | 3251 marq_athlete | 3258 descent_mk2 | 3282 fr45 | 3284 gpsmap66i | "
            "3287 fenix6S_sport | 3288 fenix6S | 3289 fenix6_sport | 3290 fenix6 | 3291 fenix6x | "
            "3299 hrm_dual | 3300 hrm_pro | 3308 vivo_move3_premium | 3314 approach_s40 | 3321 fr245m_asia | "
            "3349 edge_530_apac | 3350 edge_830_apac | 3378 vivo_move3 | 3387 vivo_active4_small_asia | "
            "3388 vivo_active4_large_asia | 3389 vivo_active4_oled_asia | 3405 swim2 | 3420 marq_driver_asia "
            "| 3421 marq_aviator_asia | 3422 vivo_move3_asia | 3441 fr945_asia | 3446 vivo_active3t_chn | "
            "3448 marq_captain_asia | 3449 marq_commander_asia | 3450 marq_expedition_asia | "
            "3451 marq_athlete_asia | 3461 index_smart_scale_2 | 3466 instinct_solar | 3469 fr45_asia | "
            "3473 vivoactive3_daimler | 3498 legacy_rey | 3499 legacy_darth_vader | "
            "3500 legacy_captain_marvel | 3501 legacy_first_avenger | 3512 fenix6s_sport_asia | "
            "3513 fenix6s_asia | 3514 fenix6_sport_asia | 3515 fenix6_asia | 3516 fenix6x_asia | "
            "3535 legacy_captain_marvel_asia | 3536 legacy_first_avenger_asia | 3537 legacy_rey_asia | "
            "3538 legacy_darth_vader_asia | 3542 descent_mk2s | 3558 edge_130_plus | 3570 edge_1030_plus | "
            "3578 rally_200 | 3589 fr745 | 3596 venusq_music | 3599 venusq_music_v2 | 3600 venusq | 3615 lily "
            "| 3624 marq_adventurer | 3638 enduro | 3639 swim2_apac | 3648 marq_adventurer_asia | "
            "3652 fr945_lte | 3702 descent_mk2_asia | 3703 venu2 | 3704 venu2s | 3737 venu_daimler_asia | "
            "3739 marq_golfer | 3740 venu_daimler | 3794 fr745_asia | 3808 varia_rct715 | 3809 lily_asia | "
            "3812 edge_1030_plus_asia | 3813 edge_130_plus_asia | 3823 approach_s12 | 3837 venusq_asia | "
            "3843 edge_1040 | 3850 marq_golfer_asia | 3851 venu2_plus | 3865 gnss | 3869 fr55 | "
            "3872 enduro_asia | 3888 instinct_2 | 3889 instinct_2s | 3905 fenix7s | 3906 fenix7 | "
            "3907 fenix7x | 3908 fenix7s_apac | 3909 fenix7_apac | 3910 fenix7x_apac | 3927 approach_g12 | "
            "3930 descent_mk2s_asia | 3934 approach_s42 | 3943 epix_gen2 | 3944 epix_gen2_apac | "
            "3949 venu2s_asia | 3950 venu2_asia | 3978 fr945_lte_asia | 3982 vivo_move_sport | "
            "3983 vivomove_trend | 3986 approach_S12_asia | 3990 fr255_music | 3991 fr255_small_music | "
            "3992 fr255 | 3993 fr255_small | 4001 approach_g12_asia | 4002 approach_s42_asia | "
            "4005 descent_g1 | 4017 venu2_plus_asia | 4024 fr955 | 4033 fr55_asia | 4061 edge_540 | "
            "4062 edge_840 | 4063 vivosmart_5 | 4071 instinct_2_asia | 4105 marq_gen2 | 4115 venusq2 | "
            "4116 venusq2music | 4124 marq_gen2_aviator | 4125 d2_air_x10 | 4130 hrm_pro_plus | "
            "4132 descent_g1_asia | 4135 tactix7 | 4155 instinct_crossover | 4169 edge_explore2 | "
            "4222 descent_mk3 | 4223 descent_mk3i | 4233 approach_s70 | 4257 fr265_large | 4258 fr265_small | "
            "4260 venu3 | 4261 venu3s | 4265 tacx_neo_smart | 4266 tacx_neo2_smart | 4267 tacx_neo2_t_smart | "
            "4268 tacx_neo_smart_bike | 4269 tacx_satori_smart | 4270 tacx_flow_smart | "
            "4271 tacx_vortex_smart | 4272 tacx_bushido_smart | 4273 tacx_genius_smart | "
            "4274 tacx_flux_flux_s_smart | 4275 tacx_flux2_smart | 4276 tacx_magnum | 4305 edge_1040_asia | "
            "4312 epix_gen2_pro_42 | 4313 epix_gen2_pro_47 | 4314 epix_gen2_pro_51 | 4315 fr965 | "
            "4341 enduro2 | 4374 fenix7s_pro_solar | 4375 fenix7_pro_solar | 4376 fenix7x_pro_solar | "
            "4380 lily2 | 4394 instinct_2x | 4426 vivoactive5 | 4432 fr165 | 4433 fr165_music | "
            "4440 edge_1050 | 4442 descent_t2 | 4446 hrm_fit | 4472 marq_gen2_commander | 4477 lily_athlete | "
            "4525 rally_x10 | 4532 fenix8_solar | 4533 fenix8_solar_large | 4534 fenix8_small | 4536 fenix8 | "
            "4556 d2_mach1_pro | 4565 fr970 | 4570 fr570_large | 4574 fr570_small | 4575 enduro3 | "
            "4583 instinctE_40mm | 4584 instinctE_45mm | 4585 instinct3_solar_45mm | "
            "4586 instinct3_amoled_45mm | 4587 instinct3_amoled_50mm | 4588 descent_g2 | "
            "4595 fenix7_pro_solar_no_wifi | 4603 venu_x1 | 4606 hrm_200 | 4625 vivoactive6 | 4631 fenix8_pro "
            "| 4633 edge_550 | 4634 edge_850 | 4643 venu4 | 4644 venu4s | 4647 approachS44 | 4655 edge_mtb | "
            "4656 approachS50 | 4666 fenix_e | 4678 instinct_crossover_amoled | 4745 bounce2 | "
            "4759 instinct3_solar_50mm | 4775 tactix8_amoled | 4776 tactix8_solar | 4814 fr170_music | "
            "4815 fr170 | 4825 approach_j1 | 4874 approach_s72_43mm | 4875 approach_s72_47mm | 4879 d2_mach2 "
            "| 4916 fr70_2026 | 4944 d2_air_x15 | 4952 fenix9_pro_43mm | 4953 fenix9_pro_47mm | "
            "4954 fenix9_pro_51mm | 4955 fenix9_pro_solar_47mm | 4956 fenix9_pro_solar_51mm | "
            "5019 cirqa_smart_band | 5056 d2_mach2_pro | 5133 fenix9_43mm | 5134 fenix9 | 5169 enduro4 | "
            "10007 sdm4 | 10014 edge_remote | 20119 training_center | 20533 tacx_training_app_win | "
            "20534 tacx_training_app_mac | 20565 tacx_training_app_mac_catalyst | "
            "30045 tacx_training_app_android | 30046 tacx_training_app_ios | 30047 tacx_training_app_legacy | "
            "30059 training_peaks_virtual_ios | 30060 training_peaks_virtual_android | "
            "30061 training_peaks_virtual_windows | 30062 training_peaks_virtual_mac_os | "
            "30063 training_peaks_virtual_apple_tv | 65531 connectiq_simulator | 65532 android_antplus_plugin "
            "| 65534 connect"
        ),
    ),
    "favero_product": (
        "uint16",
        ("10 assioma_uno | 12 assioma_duo"),
    ),
    "session_trigger": (
        "enum",
        ("0 activity_end | 1 manual | 2 auto_multi_sport | 3 fitness_equipment"),
    ),
    "lap_trigger": (
        "enum",
        (
            "0 manual | 1 time | 2 distance | 3 position_start | 4 position_lap | 5 position_waypoint | "
            "6 position_marked | 7 session_end | 8 fitness_equipment"
        ),
    ),
    "intensity": (
        "enum",
        ("0 active | 1 rest | 2 warmup | 3 cooldown | 4 recovery | 5 interval | 6 other"),
    ),
    "activity": (
        "enum",
        ("0 manual | 1 auto_multi_sport"),
    ),
    "activity_type": (
        "enum",
        (
            "0 generic | 1 running | 2 cycling | 3 transition | 4 fitness_equipment | 5 swimming | 6 walking "
            "| 8 sedentary | 13 wheelchair_pushing | 254 all"
        ),
    ),
    "length_type": (
        "enum",
        ("0 idle | 1 active"),
    ),
    "swim_stroke": (
        "enum",
        (
            "0 freestyle | 1 backstroke | 2 breaststroke | 3 butterfly | 4 drill | 5 mixed | 6 im | "
            "7 im_by_round | 8 rimo"
        ),
    ),
    "timer_trigger": (
        "enum",
        ("0 manual | 1 auto | 2 fitness_equipment"),
    ),
    "battery_status": (
        "uint8",
        ("1 new | 2 good | 3 ok | 4 low | 5 critical | 6 charging | 7 unknown"),
    ),
    "course_point": (
        "enum",
        (
            "0 generic | 1 summit | 2 valley | 3 water | 4 food | 5 danger | 6 left | 7 right | 8 straight | "
            "9 first_aid | 10 fourth_category | 11 third_category | 12 second_category | 13 first_category | "
            "14 hors_category | 15 sprint | 16 left_fork | 17 right_fork | 18 middle_fork | 19 slight_left | "
            "20 sharp_left | 21 slight_right | 22 sharp_right | 23 u_turn | 24 segment_start | 25 segment_end "
            "| 27 campsite | 28 aid_station | 29 rest_area | 30 general_distance | 31 service | 32 energy_gel "
            "| 33 sports_drink | 34 mile_marker | 35 checkpoint | 36 shelter | 37 meeting_spot | 38 overlook "
            "| 39 toilet | 40 shower | 41 gear | 42 sharp_curve | 43 steep_incline | 44 tunnel | 45 bridge | "
            "46 obstacle | 47 crossing | 48 store | 49 transition | 50 navaid | 51 transport | 52 alert | "
            "53 info"
        ),
    ),
    "hr_type": (
        "enum",
        ("0 normal | 1 irregular"),
    ),
    "gender": (
        "enum",
        ("0 female | 1 male"),
    ),
    "display_measure": (
        "enum",
        ("0 metric | 1 statute | 2 nautical"),
    ),
    "set_type": (
        "uint8",
        ("0 rest | 1 active"),
    ),
    "body_location": (
        "enum",
        (
            "0 left_leg | 1 left_calf | 2 left_shin | 3 left_hamstring | 4 left_quad | 5 left_glute | "
            "6 right_leg | 7 right_calf | 8 right_shin | 9 right_hamstring | 10 right_quad | 11 right_glute | "
            "12 torso_back | 13 left_lower_back | 14 left_upper_back | 15 right_lower_back | "
            "16 right_upper_back | 17 torso_front | 18 left_abdomen | 19 left_chest | 20 right_abdomen | "
            "21 right_chest | 22 left_arm | 23 left_shoulder | 24 left_bicep | 25 left_tricep | "
            "26 left_brachioradialis | 27 left_forearm_extensors | 28 right_arm | 29 right_shoulder | "
            "30 right_bicep | 31 right_tricep | 32 right_brachioradialis | 33 right_forearm_extensors | "
            "34 neck | 35 throat | 36 waist_mid_back | 37 waist_front | 38 waist_left | 39 waist_right"
        ),
    ),
    "split_type": (
        "enum",
        (
            "1 ascent_split | 2 descent_split | 3 interval_active | 4 interval_rest | 5 interval_warmup | "
            "6 interval_cooldown | 7 interval_recovery | 8 interval_other | 9 climb_active | 10 climb_rest | "
            "11 surf_active | 12 run_active | 13 run_rest | 14 workout_round | 17 rwd_run | 18 rwd_walk | "
            "21 windsurf_active | 22 rwd_stand | 23 transition | 28 ski_lift_split | 29 ski_run_split"
        ),
    ),
    "wkt_step_duration": (
        "enum",
        (
            "0 time | 1 distance | 2 hr_less_than | 3 hr_greater_than | 4 calories | 5 open | "
            "6 repeat_until_steps_cmplt | 7 repeat_until_time | 8 repeat_until_distance | "
            "9 repeat_until_calories | 10 repeat_until_hr_less_than | 11 repeat_until_hr_greater_than | "
            "12 repeat_until_power_less_than | 13 repeat_until_power_greater_than | 14 power_less_than | "
            "15 power_greater_than | 16 training_peaks_tss | 17 repeat_until_power_last_lap_less_than | "
            "18 repeat_until_max_power_last_lap_less_than | 19 power_3s_less_than | 20 power_10s_less_than | "
            "21 power_30s_less_than | 22 power_3s_greater_than | 23 power_10s_greater_than | "
            "24 power_30s_greater_than | 25 power_lap_less_than | 26 power_lap_greater_than | "
            "27 repeat_until_training_peaks_tss | 28 repetition_time | 29 reps | 31 time_only"
        ),
    ),
    "wkt_step_target": (
        "enum",
        (
            "0 speed | 1 heart_rate | 2 open | 3 cadence | 4 power | 5 grade | 6 resistance | 7 power_3s | "
            "8 power_10s | 9 power_30s | 10 power_lap | 11 swim_stroke | 12 speed_lap | 13 heart_rate_lap"
        ),
    ),
    "fit_base_unit": (
        "uint16",
        ("0 other | 1 kilogram | 2 pound"),
    ),
    "display_position": (
        "enum",
        (
            "0 degree | 1 degree_minute | 2 degree_minute_second | 3 austrian_grid | 4 british_grid | "
            "5 dutch_grid | 6 hungarian_grid | 7 finnish_grid | 8 german_grid | 9 icelandic_grid | "
            "10 indonesian_equatorial | 11 indonesian_irian | 12 indonesian_southern | 13 india_zone_0 | "
            "14 india_zone_IA | 15 india_zone_IB | 16 india_zone_IIA | 17 india_zone_IIB | 18 india_zone_IIIA "
            "| 19 india_zone_IIIB | 20 india_zone_IVA | 21 india_zone_IVB | 22 irish_transverse | "
            "23 irish_grid | 24 loran | 25 maidenhead_grid | 26 mgrs_grid | 27 new_zealand_grid | "
            "28 new_zealand_transverse | 29 qatar_grid | 30 modified_swedish_grid | 31 swedish_grid | "
            "32 south_african_grid | 33 swiss_grid | 34 taiwan_grid | 35 united_states_grid | 36 utm_ups_grid "
            "| 37 west_malayan | 38 borneo_rso | 39 estonian_grid | 40 latvian_grid | 41 swedish_ref_99_grid"
        ),
    ),
    "stroke_type": (
        "enum",
        ("0 no_event | 1 other | 2 serve | 3 forehand | 4 backhand | 5 smash"),
    ),
}
